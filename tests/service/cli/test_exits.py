import pytest

from khabar import errors
from khabar.errors import ErrorRecord, KeysMissing, KhabarError
from service.cli.client import RefusedByService, ServiceUnreachable
from service.cli.exits import Exit, exit_of
from service.embedded.redis_server import RedisNotStarted


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.LanguageUnsupported("."), Exit.WRONG_USE),
        (errors.TooLarge("."), Exit.WRONG_USE),
        (KeysMissing("."), Exit.WRONG_USE),
        (errors.ArticleUnknown("."), Exit.FAILED),
        (errors.ModelMissing("."), Exit.FAILED),
        (RedisNotStarted("."), Exit.FAILED),
        (errors.StoreUnavailable("."), Exit.UNREACHABLE),
        (ServiceUnreachable("."), Exit.UNREACHABLE),
    ],
)
def test_the_nearest_class_decides(error: KhabarError, code: Exit):
    assert exit_of(error) is code


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, Exit.WRONG_USE),
        (413, Exit.WRONG_USE),
        (422, Exit.WRONG_USE),
        (404, Exit.FAILED),
        (500, Exit.FAILED),
        (429, Exit.UNREACHABLE),
        (503, Exit.UNREACHABLE),
    ],
)
def test_what_the_service_refuses_goes_by_its_status(status: int, code: Exit):
    assert exit_of(RefusedByService(status, ErrorRecord(code="any", message="."))) is code
