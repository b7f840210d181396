"""Uploads of glossaries for tests, and what a process knows of them."""

from collections.abc import Callable

from khabar.glossary_file import receive_glossary
from khabar.recipe import RecipeBook
from khabar.store.glossaries import CurrentGlossary, GlossaryShelf, Upload
from service.editions import Editions

BOOK = RecipeBook.load(None, "builtin")


def editions(shelf: GlossaryShelf, on_change: Callable[[], None] = lambda: None) -> Editions:
    return Editions(BOOK, shelf, on_change)


async def upload(shelf: GlossaryShelf, term: str) -> CurrentGlossary:
    text = f"en,ru\none,{term}\n"
    kept, _ = await shelf.put("builtin", Upload.of(*receive_glossary(text.encode())))
    return kept
