"""The console's page, as a browser without JavaScript sees it."""

import re

import pytest

from tactful.http import dev_keys


class TestWithShopKeys:
    def test_it_asks_for_the_secret_key(self, client):
        answer = client.get("/console")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic")
        assert client.get("/", auth=("anybody", "public")).status_code == 401
        assert client.get("/", auth=("anybody", "secret")).status_code == 200
        assert client.get("/", headers={"Authorization": "Bearer secret"}).status_code == 200

    def test_its_clock_cannot_be_set(self, client):
        assert client.get("/console?customer=u1&now=2026-01-01T00:00:00Z", auth=("", "secret")).status_code == 403


class TestWithDevelopmentKeys:
    @pytest.fixture
    def keys(self):
        return dev_keys()

    @pytest.fixture
    def browse(self, client):
        return lambda path: client.get(path, headers={"Host": "127.0.0.1:8321"})

    def test_it_is_open_to_this_machine_under_its_own_name_only(self, client, browse):
        assert browse("/").status_code == 200
        assert client.get("/", headers={"Host": "localhost:8321"}).status_code == 200
        assert client.get("/", headers={"Host": "rebound.example"}).status_code == 401

    def test_somebody_looked_up(self, browse):
        page = browse("/console?customer=u1").text
        for heading in ("What we would show them", "What we would say to them", "What we withhold, and why", "What we know of them"):
            assert heading in page
        for said in ("They buy it about every 9 days.", "about 31 in 100", "They bought it on 3 May.", "already_bought", "Mugs", "1 March 2026, 12:00 UTC"):
            assert said in page

    def test_what_customers_wrote_is_text_and_never_markup(self, browse):
        page = browse("/console?customer=<script>").text
        assert "<script" not in page
        assert "&lt;script&gt;" in page
        assert "&lt;b&gt;About&lt;/b&gt;" in page

    def test_silence_has_its_sentence(self, browse):
        assert "They have not agreed to messages." in browse("/console?customer=quiet").text

    def test_nobody(self, browse):
        answer = browse("/console?customer=nobody")
        assert answer.status_code == 200
        assert "Nobody is known under" in answer.text

    def test_another_time(self, browse):
        assert "1 December 2017, 09:00 UTC" in browse("/console?customer=u1&now=2017-12-01T09:00:00Z").text
        assert browse("/console?now=soon").status_code == 400

    def test_it_loads_nothing_from_elsewhere_and_runs_no_script(self, browse):
        answer = browse("/console?customer=u1")
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'")
        assert "script" not in policy
        assert "://" not in answer.text
        assert set(re.findall(r'(?:href|src|action)="([^"]*)"', answer.text)) == {"/", "/docs", "/console", "/console/style.css"}
        assert browse("/console/style.css").headers["content-type"].startswith("text/css")

    def test_it_can_be_read_aloud(self, browse):
        page = browse("/console?customer=u1").text
        assert '<html lang="en">' in page
        assert '<label for="customer">' in page
        assert page.count("<table>") == page.count("<caption>") + page.count('<div class="wide"><table>')
        assert not re.search(r"<th(?! scope)[ >]", page)
        assert re.findall(r"<h(\d)", page)[:2] == ["1", "2"]
