"""A rule made ready to run: decoders and splices compiled when the book is loaded. Pure.

Nothing that could be known from the rule alone is done for a request. A plan
is a value: one serves all requests of its rule, at the same time. Whether the
pages are JSON (`lossless/`) or XML (`markup/`) is decided here and nowhere else.
"""

from typing import Final

from proxy.rules.rule import Rule
from proxy.search.caching.key import Naming
from proxy.search.layout import Seating
from proxy.search.lossless.reading import Reading
from proxy.search.markup.reading import Reading as MarkupReading
from proxy.search.markup.tag import OrganicTag as MarkupOrganicTag
from proxy.search.markup.tag import Tag as MarkupTag
from proxy.search.media import is_json, is_xml
from proxy.search.tag import OrganicTag, Tag


class Plan:
    """How the pages of one rule are read and written.

    Attributes:
        rule: the rule.
        naming: how its requests are named where answers are kept.
        takes: says of a Content-Type whether it may hold a listing of this rule's.
        seating: where its ads go.
        tag: what an ad gets.
        organic: what every other item of a merged listing gets, or None.
        fetches: whether winners that are not on the page are fetched.
        read: the listings of a body; raises NotAListing where the body is not what the rule describes.
        product: the item in a product's own answer (`layout.product`), or None.
        id_of: the catalogue id of an item that is in no listing, or None.
        vendor_of: the vendor of such an item, or None.
    """

    def __init__(self, rule: Rule) -> None:
        is_markup = rule.products.list.is_xpath
        at, wanted = rule.tag.at, rule.tag
        reading = MarkupReading(rule) if is_markup else Reading(rule)
        self.rule: Final = rule
        self.naming: Final = Naming(rule)
        self.takes: Final = is_xml if is_markup else is_json
        self.fetches: Final = rule.layout.missing == "fetch" and rule.layout.place != "in_place"
        self.seating: Final = Seating(rule.layout, rule.auction.slots)
        self.read: Final = reading.read
        self.product: Final = reading.product
        self.id_of: Final = reading.id_of
        self.vendor_of: Final = reading.vendor_of
        self.tag: Final = (
            MarkupTag(at, wanted.fields, rule.page) if is_markup else Tag(at, wanted.fields, wanted.append, rule.page)
        )
        organic = MarkupOrganicTag if is_markup else OrganicTag
        self.organic: Final = organic(at, wanted.organic, rule.page) if wanted.organic else None
