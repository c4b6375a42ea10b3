"""Which crates are built into one program."""

from __future__ import annotations

import pytest

from pytest_errorbudget.checks.contracts.programs import programs_of
from pytest_errorbudget.model.contracts import Crate


def crate(name: str, *uses: str, service: bool = False) -> Crate:
    return Crate(name=name, manifest="", service=service, libraries=(), files=(), uses=uses)


CRATES = (
    crate("orderbook", "database", "model", service=True),
    crate("driver", "model", service=True),
    crate("server", "web", "store", service=True),
    crate("web"),
    crate("store", "database"),
    crate("database"),
    crate("model"),
    crate("end-to-end", "driver", "orderbook"),
)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("orderbook", "database", True),
        ("driver", "database", False),
        ("model", "database", True),
        ("web", "database", True),  # neither uses the other: the server has both
        ("driver", "driver", True),
        ("end-to-end", "database", True),  # part of no service
        ("unread", "database", True),
    ],
)
def test_crates_meet_in_a_service(one: str, other: str, together: bool) -> None:
    programs = programs_of(CRATES)
    assert (programs.meet(one, other), programs.meet(other, one)) == (together, together)


def test_without_services_each_crate_is_a_program_of_its_own() -> None:
    programs = programs_of((crate("web", "rows"), crate("jobs"), crate("rows")))
    assert programs.meet("web", "rows")
    assert not programs.meet("jobs", "rows")


def test_a_circle_of_crates_ends() -> None:
    assert programs_of((crate("a", "b", service=True), crate("b", "a"))).meet("b", "a")
