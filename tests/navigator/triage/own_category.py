"""A category that an installation added itself, as it is stored."""

from navigator.administration.custom_categories import _changed_fields
from navigator.administration.programme_schemas import CategorySetting
from navigator.catalogue.catalogue import default_catalogue
from navigator.catalogue.taxonomy_file import CustomWording

OWN = "own.recordings"
_LIKE = CategorySetting.model_validate(default_catalogue().category("use.feature_fault"))
_NAMED = _LIKE.model_dump(mode="json") | {"staff_label": "Our own recordings", "questions": []}
WORDING: CustomWording = {OWN: _changed_fields(OWN, _NAMED)}
