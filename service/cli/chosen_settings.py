"""Settings from the environment, with what the command line adds."""

from pydantic import ValidationError

from khabar.errors import FieldInvalid
from khabar.settings import Settings


def read_settings(**given: str | int | None) -> Settings:
    """Return the settings; options that are None were not given. Raises FieldInvalid."""
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings.model_validate(chosen)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        raise FieldInvalid(
            f"The setting {name} cannot be used: {first['msg']}.",
            field=name,
            given=str(first["input"])[:100],
            hint=f"Change KHABAR_{name.upper()} or the option of this name.",
        ) from error
