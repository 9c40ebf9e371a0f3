"""What is submitted twice is carried out once."""

import pytest

from kernel.errors import Refused
from orders import services
from orders.models import SubmissionOnce
from orders.services import Answer, KeyReused

pytestmark = pytest.mark.django_db


class Act:
    """Counts how often it was carried out."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Answer:
        self.times += 1
        return Answer(201, {"number": f"QUO-{self.times}"})


def submit(act: Act, scope: str = "user:1", key: str = "k", content: object = "a") -> Answer:
    return services.once(scope=scope, key=key, fingerprint=services.fingerprint_of(content), act=act)


def test_a_repeat_gets_the_same_answer() -> None:
    act = Act()
    assert submit(act) == Answer(201, {"number": "QUO-1"})
    assert submit(act) == Answer(201, {"number": "QUO-1"}, replayed=True)
    assert act.times == 1


def test_the_same_key_of_somebody_else_is_another_submission() -> None:
    act = Act()
    submit(act), submit(act, scope="user:2")
    assert act.times == 2


def test_the_same_key_with_another_content_is_refused() -> None:
    act = Act()
    submit(act)
    with pytest.raises(KeyReused) as caught:
        submit(act, content="b")
    assert caught.value.status == 422


def test_what_was_refused_may_be_tried_again_with_the_same_key() -> None:
    def refuse() -> Answer:
        raise Refused("Not today.")

    with pytest.raises(Refused, match="Not today"):
        services.once(scope="s", key="k", fingerprint="f", act=refuse)
    assert not SubmissionOnce.objects.exists()
    assert services.once(scope="s", key="k", fingerprint="f", act=Act()).status == 201


@pytest.mark.parametrize("key", ["", " ", "k" * 81])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(Refused) as caught:
        submit(Act(), key=key)
    assert caught.value.field == "submission"


def test_the_fingerprint_does_not_depend_on_the_order_of_keys() -> None:
    assert services.fingerprint_of({"a": 1, "b": [2]}) == services.fingerprint_of({"b": [2], "a": 1})
    assert services.fingerprint_of({"a": 1}) != services.fingerprint_of({"a": 2})
