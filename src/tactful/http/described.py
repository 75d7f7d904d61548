"""What the API's description says of bodies that handlers read by themselves, because they forgive more than a schema could say."""

from dataclasses import dataclass

from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema

TEXT = Schema(type=OpenAPIType.STRING)
OBJECT = Schema(type=OpenAPIType.OBJECT)
LIST = Schema(type=OpenAPIType.ARRAY, items=OBJECT)
MESSAGE = Schema(
    type=OpenAPIType.OBJECT,
    description="One message in the Segment tracking spec. Any other field is taken, too.",
    properties={
        "type": Schema(type=OpenAPIType.STRING, description="track, identify, page, screen, group or alias; where the path does not say so"),
        **dict.fromkeys(("event", "userId", "anonymousId", "previousId", "groupId", "messageId", "timestamp", "originalTimestamp", "sentAt"), TEXT),
        **dict.fromkeys(("properties", "traits", "context"), OBJECT),
    },
)
BATCH = Schema(
    type=OpenAPIType.OBJECT,
    properties={"batch": Schema(type=OpenAPIType.ARRAY, items=MESSAGE), "sentAt": TEXT, "writeKey": TEXT},
    required=["batch"],
)
SUBJECT_REQUEST = Schema(
    type=OpenAPIType.OBJECT,
    properties={
        "subject_request_id": TEXT,
        "subject_request_type": Schema(type=OpenAPIType.STRING, enum=["access", "portability", "erasure"]),
        "subject_identities": Schema(
            type=OpenAPIType.ARRAY,
            items=Schema(type=OpenAPIType.OBJECT, properties=dict.fromkeys(("identity_type", "identity_value", "identity_format"), TEXT)),
        ),
    },
    required=["subject_request_id", "subject_request_type", "subject_identities"],
)


def _body(**content: Schema) -> RequestBody:
    return RequestBody(content={name.replace("__", "/").replace("_", "-"): OpenAPIMediaType(schema=schema) for name, schema in content.items()}, required=True)


@dataclass
class TakesEvents(Operation):
    """One message or a batch."""

    def __post_init__(self) -> None:
        self.request_body = _body(application__json=Schema(any_of=[BATCH, MESSAGE]))


@dataclass
class TakesProducts(Operation):
    """A feed in one of its forms."""

    def __post_init__(self) -> None:
        self.request_body = _body(application__json=LIST, text__tab_separated_values=TEXT, text__csv=TEXT, text__xml=TEXT)


@dataclass
class TakesStores(Operation):
    """A list of stores."""

    def __post_init__(self) -> None:
        self.request_body = _body(application__json=LIST)


@dataclass
class TakesChanges(Operation):
    """Some attributes of a product."""

    def __post_init__(self) -> None:
        self.request_body = _body(application__json=OBJECT)


@dataclass
class TakesSubjectRequest(Operation):
    """A request in OpenDSR's words."""

    def __post_init__(self) -> None:
        self.request_body = _body(application__json=SUBJECT_REQUEST)
