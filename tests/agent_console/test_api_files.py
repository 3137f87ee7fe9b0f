"""Files in and out by the JSON API: attachments, the document of a case, and lists for a spreadsheet."""

import io

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from agent_console.console import Console
from case_store.database import Database
from case_store.people.models import Role
from tests.agent_console.api_kit import Program, agency, opened, referred

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
TEXT = "ไฟดับทั้งซอย".encode()


@pytest.fixture
def officer(program: Program) -> TestClient:
    return program(Role.CASE_OFFICER, "50")


def attach(client: TestClient, ref: str, name: str = "บันทึก.txt", **fields: str) -> int:
    address = f"/api/v1/cases/{ref}/attachments"
    answer = client.post(address, files={"file": (name, TEXT)}, data=fields)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


class TestAttachments:
    def test_a_file_goes_in_and_comes_out_as_it_was(self, officer: TestClient) -> None:
        ref = opened(officer)
        attachment = attach(officer, ref)

        answer = officer.get(f"/api/v1/cases/{ref}/attachments/{attachment}")

        assert answer.content == TEXT
        [item] = officer.get(f"/api/v1/cases/{ref}").json()["attachments"]
        assert (item["file_name"], item["size"], item["media_type"]) == (
            "บันทึก.txt", len(TEXT), "text/plain",
        )  # fmt: skip
        assert officer.get(f"/api/v1/cases/{ref}/attachments").json()["items"] == [item]

    def test_it_is_given_out_to_be_saved_and_never_to_be_shown(self, officer: TestClient) -> None:
        ref = opened(officer)
        answer = officer.get(f"/api/v1/cases/{ref}/attachments/{attach(officer, ref)}")

        assert answer.headers["content-disposition"].startswith("attachment; filename*=utf-8''")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert answer.headers["cache-control"] == "no-store"

    def test_a_removed_file_is_gone(self, officer: TestClient) -> None:
        ref = opened(officer)
        address = f"/api/v1/cases/{ref}/attachments/{attach(officer, ref)}"

        assert officer.delete(address).status_code == 204
        assert officer.get(address).status_code == 404
        assert officer.delete(address).status_code == 404

    def test_agencies_are_let_in_and_kept_out_later(
        self, officer: TestClient, program: Program, database: Database
    ) -> None:
        water, ref = agency(database), opened(officer)
        referred(officer, ref)
        office = program(Role.AGENCY_OFFICER, "50", agency_id=water)
        address = f"/api/v1/cases/{ref}/attachments/{attach(officer, ref)}"
        assert office.get(address).status_code == 404

        assert officer.patch(address, json={"for_agencies": True}).json()["for_agencies"] is True
        assert office.get(address).status_code == 200
        assert office.patch(address, json={"for_agencies": False}).status_code == 403
        assert officer.patch(address, json={}).status_code == 422
        officer.patch(address, json={"for_agencies": False})
        assert office.get(address).status_code == 404

    def test_a_file_of_another_case_is_not_there(self, officer: TestClient) -> None:
        one, other = opened(officer), opened(officer)
        attachment = attach(officer, one)

        assert officer.get(f"/api/v1/cases/{other}/attachments/{attachment}").status_code == 404

    @pytest.mark.parametrize(
        ("name", "content", "reason"),
        [
            ("a.txt", b"", "empty"),
            ("a.exe", b"MZ\x90\x00", "not_allowed"),
            ("a.pdf", PICTURE, "disguised"),
            ("a.html", b"<!doctype html><script>", "not_allowed"),
        ],
    )
    def test_a_file_that_is_not_taken_is_told_why(
        self, officer: TestClient, name: str, content: bytes, reason: str
    ) -> None:
        address = f"/api/v1/cases/{opened(officer)}/attachments"

        answer = officer.post(address, files={"file": (name, content)})

        assert answer.status_code == 422
        assert answer.json()["errors"] == [{"field": "file", "message": reason}]

    @pytest.mark.parametrize("more", [1, 400_000])
    def test_a_file_that_is_too_large_is_refused(
        self, officer: TestClient, console: Console, more: int
    ) -> None:
        """Just above the limit where it is kept; far above it at the door."""
        address = f"/api/v1/cases/{opened(officer)}/attachments"
        content = b"a" * (console.settings.attachment_bytes + more)

        answer = officer.post(address, files={"file": ("a.txt", content)})

        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"

    def test_a_body_that_is_no_form_is_told_so(self, officer: TestClient) -> None:
        answer = officer.post(f"/api/v1/cases/{opened(officer)}/attachments", json={"file": "x"})

        assert answer.status_code == 415
        assert "multipart/form-data" in answer.json()["detail"]

    def test_only_addresses_of_files_take_large_bodies(self, officer: TestClient) -> None:
        note = {"note": "a" * 400_000}

        answer = officer.post(f"/api/v1/cases/{opened(officer)}/events", json=note)

        assert answer.status_code == 413

    def test_an_agency_opens_what_is_for_agencies_and_what_it_brought(
        self, officer: TestClient, program: Program, database: Database
    ) -> None:
        office = program(Role.AGENCY_OFFICER, "50", agency_id=agency(database))
        ref = opened(officer)
        referral = referred(officer, ref)
        attach(officer, ref, "a.txt")
        attach(officer, ref, "b.txt", for_agencies="true")
        attach(office, ref, "c.txt")

        items = office.get(f"/api/v1/cases/{ref}/attachments").json()["items"]

        assert [(one["file_name"], one["referral_id"]) for one in items] == [
            ("b.txt", None), ("c.txt", referral),
        ]  # fmt: skip

    def test_a_referral_of_another_case_takes_no_file(
        self, officer: TestClient, database: Database
    ) -> None:
        agency(database)
        referral = referred(officer, opened(officer))
        address = f"/api/v1/cases/{opened(officer)}/attachments"

        answer = officer.post(
            address, files={"file": ("a.txt", TEXT)}, data={"referral_id": str(referral)}
        )

        assert answer.status_code == 404


class TestDocuments:
    def test_a_case_is_printed_in_either_language(self, officer: TestClient) -> None:
        ref = opened(officer)

        for language in ("th", "en"):
            answer = officer.get(f"/api/v1/cases/{ref}/document.pdf?language={language}")
            assert answer.headers["content-type"] == "application/pdf"
            assert answer.content.startswith(b"%PDF-")
            assert f'filename="case-{ref}.pdf"' in answer.headers["content-disposition"]

    def test_a_list_is_csv_with_thai_that_excel_reads(self, officer: TestClient) -> None:
        ref = opened(officer, subject="=ไฟดับ", complainant_name="สมศรี มีสุข")
        opened(officer, category="land")

        answer = officer.get("/api/v1/cases.csv?category=utilities")

        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        text = answer.content.decode("utf-8")
        assert text.startswith("\ufeff")
        assert len(text.splitlines()) == 2
        assert ref in text.replace(" ", "")
        assert ",=ไฟดับ" not in text
        assert "สมศรี" not in text

    def test_who_complains_is_in_it_when_asked_for(self, officer: TestClient) -> None:
        opened(officer, complainant_name="สมศรี มีสุข")

        assert "สมศรี" in officer.get("/api/v1/cases.csv?with_identity=true").text

    def test_a_list_is_a_workbook(self, officer: TestClient) -> None:
        opened(officer)

        answer = officer.get("/api/v1/cases.xlsx")

        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        assert sheet.max_row == 2
        assert 'filename="cases.xlsx"' in answer.headers["content-disposition"]
