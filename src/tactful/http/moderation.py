"""What customers write on products, judged before it is made."""

from litestar import post
from litestar.params import JSONBody

from tactful.app.engine import ModerateRequest
from tactful.http.access import Behind, secret_only
from tactful.http.shapes import well_formed
from tactful.model.moderation import Judgement


@post(
    "/v1/moderate",
    status_code=200,
    guards=[secret_only],
    before_request=well_formed,
    sync_to_thread=True,
    tags=["Moderation"],
    operation_id="moderate",
    summary="Judge what a customer wants on a product",
)
def moderate(data: JSONBody[ModerateRequest], edge: Behind) -> Judgement:
    """Give ``text`` or ``image``: allow, review (a person looks first) or refuse, with a code and, in the language of ``locale``, a sentence to show.

    Nothing is kept.
    """
    return edge.engine.moderate(data)
