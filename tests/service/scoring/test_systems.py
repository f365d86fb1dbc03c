"""The systems that are scored."""

from service.scoring.items import Item
from service.scoring.systems import ModelAlone, product_translations
from tests.engines import ScriptedEngine


def test_the_model_alone_has_the_room_of_the_product() -> None:
    french = "Nuagis dit : « oui » ; « non » !"  # of its 11 pieces 4 are words
    items = [Item("1", french, "")]
    alone, product = ScriptedEngine(), ScriptedEngine()
    list(ModelAlone(alone).translations(items))
    list(product_translations(product)(items))
    assert alone.calls[0].max_tokens == product.calls[0].max_tokens
