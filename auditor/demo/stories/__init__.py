"""The stories by name: five that a document tells, and the shop, in which everything meets."""

from auditor.demo.application import Application
from auditor.demo.broken import BROKEN
from auditor.demo.repaired import REPAIRED
from auditor.demo.stories.catalog import CATALOG
from auditor.demo.stories.delivery import DELIVERY
from auditor.demo.stories.finance import FINANCE
from auditor.demo.stories.migration import MIGRATION
from auditor.demo.stories.release import RELEASE
from auditor.demo.stories.story import Story
from auditor.errors import UserError

SHOP = Story(
    "shop",
    "a shop with something of everything, which no document tells of",
    broken=(BROKEN,),
    repaired=(REPAIRED,),
    items={},
)
STORIES = {story.name: story for story in (CATALOG, MIGRATION, FINANCE, DELIVERY, RELEASE, SHOP)}


class NoSuchStory(UserError):
    """A story was asked for that there is not; the message lists those that there are."""


def applications(name: str | None = None, *, repaired: bool = False) -> tuple[Application, ...]:
    """What an account holds: one story as found or as repaired; without a name, all of them.

    Without a name it is both states, or with `repaired` that one alone. Raises `NoSuchStory`.
    """
    if name is not None and name not in STORIES:
        raise NoSuchStory(f"there is no story {name!r}; there are: {', '.join(STORIES)}")
    told = STORIES.values() if name is None else (STORIES[name],)
    return tuple(
        application
        for story in told
        for application in (
            *(() if repaired else story.broken),
            *(story.repaired if repaired or name is None else ()),
        )
    )
