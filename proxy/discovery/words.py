"""The words that marketplaces use for what they answer. Pure.

A key is read as words, whatever its spelling: `productId`, `product_id` and
`Product-ID` are all "product id". The tables below are meant to grow by a
word when a marketplace speaks another language.
"""

import re
from functools import lru_cache
from typing import Final

_RUN: Final = re.compile(r"[^\W\d_]+|\d+")
_WORD: Final = re.compile(r"[A-ZÀ-ÖØ-Þ]+(?![a-zß-öø-ÿ])|[A-ZÀ-ÖØ-Þ]?[^A-ZÀ-ÖØ-Þ]+")


@lru_cache(maxsize=4096)
def words_of(key: str) -> tuple[str, ...]:
    """The words of a key, in lower case: "productId" is ("product", "id"), and "g:id" (a namespace's) is ("id",)."""
    own = key[:100].rpartition(":")[2]
    return tuple(word.lower() for run in _RUN.findall(own) for word in _WORD.findall(run))


def _row(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# -- what a product has -----------------------------------------------------------

TITLE: Final = _set(
    "name title label heading headline titel nombre nome nom bezeichnung titulo titre titolo naam denumire "
    "displayname productname fullname"
)
NOT_A_TITLE: Final = _set(
    "brand category seller vendor store user author image file group field attribute merchant shop manufacturer "
    "collection department type index option facet filter currency country city operation seo meta"
)
"""`brandName` is not the product's name."""

PRICE: Final = _set(
    "price prices pricing amount cost msrp rrp pvp precio precios preis preise prix prezzo preco preço prijs pris "
    "cena saleprice listprice finalprice cents pricerange"
)
PICTURE: Final = _set(
    "image images img imgs picture pictures photo photos thumbnail thumbnails thumb media gallery bild bilder "
    "imagen imagenes foto fotos imagem immagine afbeelding imageurl imgurl"
)
LINK: Final = _set("url urls link href handle slug permalink uri canonical path pdp linktext urlkey")
BRAND: Final = _set(
    "brand vendor manufacturer seller merchant marca marke marque merk hersteller fabricante maker designer supplier"
)
ABOUT: Final = _set("description desc descripcion beschreibung descrizione descricao subtitle summary")
STOCK: Final = _set(
    "stock availability available inventory instock orderable buyable lager bestand disponible quantity qty "
    "currency rating ratings reviews stars discount sale promo weight material gender"
)
CODE: Final = _set("sku skus gtin ean upc mpn barcode isbn asin")
KIND: Final = _set(
    "category categories color colors colour colours size sizes variants variations swatches department tags"
)

# -- what else answers hold -------------------------------------------------------

COUNT: Final = _set(
    "count counts doccount selected refined isrefined checked applied frequency hits occurrences anzahl num results "
    "total"
)
OPINION: Final = _set("comment review author reviewer nickname body text user username customer pros cons reviewtext")
SCALE: Final = _set("width height alt src srcset aspect")

# -- what lists are called --------------------------------------------------------

OF_PRODUCTS: Final = _set(
    "products product hits items results docs documents records nodes edges listings listing goods articles artikel "
    "entries productos produkte produits prodotti produtos productlist productlisting search catalog catalogue "
    "merchandise offers hit producten resultlist searchresults tiles cards plp grid content contents elements "
    "objects matches"
)
CERTAINLY_PRODUCTS: Final = _set(
    "products product productos produkte produits prodotti produtos producten hits docs goods productlist"
)
GROUPS: Final = _set(
    "categories category sections section groups shelves shelf carousels carousel rows blocks collections "
    "collection modules widgets responses queries results components slots zones placements tabs lanes"
)
"""Lists whose elements hold lists of products."""

NOT_PRODUCTS: Final = _set(
    "facets facet filters filter aggregations aggs buckets breadcrumbs breadcrumb refinements refinement sort sorts "
    "sorting suggestions suggestion suggest autocomplete completions didyoumean spellcheck corrections navigation "
    "nav menu menus redirects banners banner promotions promotion promo badges reviews review questions answers "
    "comments posts post blog blogs stories pages page locations regions countries languages currencies attributes "
    "specifications specs properties fields params options swatches colors sizes tags labels images image pictures "
    "photos media gallery thumbnails videos assets files stores store shops sellers vendors merchants warehouses "
    "branches suppliers brands brand manufacturers users authors customers cart basket lineitems orders order "
    "wishlist coupons vouchers campaigns ads sponsored terms keywords trending popular recent history recently "
    "viewed events errors warnings messages notifications logs debug explain tracking analytics segments ranges "
    "values histogram stats prices discounts taxes shipping delivery synonyms stopwords faqs faq help cms editorial "
    "guides recipes news categories category departments taxonomy tree links parameters sources experiments tests "
    "included includes"
)
BESIDE: Final = _set(
    "recommendations recommended recommendation related similar crosssell upsell alternatives accessories bought "
    "together complementary also featured bestsellers inspiration sponsored fallback popular trending recently "
    "viewed recent history wishlist cart basket substitutes bundle bundles frequently promoted spotlight picks "
    "highlights hero suggested arrivals"
)
"""Products, but not the ones that were searched for."""

WITHIN_A_PRODUCT: Final = _set(
    "variants variant variations variation skus sku options offers sellers children images media attributes sizes "
    "colors swatches reviews prices price tags categories category badges specifications properties models "
    "configurations represented matched tiers bundle bundled components promotions inventory availabilities"
)

# -- objects around a product -----------------------------------------------------

WRAPS: Final = _set(
    "node document _source source data product item doc fields attributes hit record result productprojection "
    "entity object content productdata productinfo summary value article listing payload metadata meta raw info "
    "details"
)
NOT_A_WRAP: Final = _set(
    "brand vendor seller merchant manufacturer category categories price prices pricing image images picture "
    "thumbnail media variant variants mastervariant rating reviews review store shop user author currency stock "
    "inventory availability supplier collection parent group promotion badge"
)

# -- what ids are called ----------------------------------------------------------

ENDS_AN_ID: Final = _set(
    "id ids uid uuid guid code sku number no nr num nummer numero ref reference referencia key pid identifier codigo"
)
BEGINS_AN_ID: Final = _set("id codigo ref numero")
"""`id_producto`, `idProduct`: Romance languages put it first."""

OF_A_PRODUCT: Final = _set(
    "product products prod item article artikel articulo produkt produit producto produto prodotto style model "
    "goods listing catalog catalogue entry master material ec web unique offer object document doc external record"
)
IS_A_PRODUCT: Final = _set("product prod article artikel produkt produit producto produto prodotto articulo")
ITS_VARIANTS: Final = _set("variants variant skus sku items offers variations children")
BARE_VALUES: Final = _set("raw value text #text $oid @value __value__ _value")
"""Keys that say no more than "here is the value": `{"id": {"raw": "17"}}`."""

OF_SOMETHING_ELSE: Final = _set(
    "brand category cat seller store vendor shop merchant user author image img picture media parent group variant "
    "variation type department collection currency supplier manufacturer warehouse location tax attribute option "
    "facet filter campaign promotion session request query tracking click index tenant account site channel family "
    "class status cache color colour size default template review order customer owner created updated position rank "
    "page zip postal country region language locale market price stock inventory batch event cluster bid creative ad "
    "slot hs"
)
"""`brand_id` is an id, but not the product's."""

# -- what requests call things ----------------------------------------------------
SEARCH_WORDS: Final = _row(
    "q query search searchterm term keyword keywords searchquery searchtext searchstring searchphrase text fulltext "
    "ft phrase querytext s st k kw w ntt wd qs find input searchword suche busca busqueda recherche"
)
"""Names for the words searched for, the likeliest first."""

SEARCHES: Final = _set("search s find suche busca buscar recherche query autocomplete suggest q")
"""Segments of a path behind which the words may stand: `/search/red shoes`."""

PAGE_NUMBERS: Final = _set("page p pg pageno pagenumber pagenum pagenr pageindex currentpage paged pageid seite pagina")

OFFSETS: Final = _set(
    "offset start from skip startindex begin pageoffset recordoffset startrow startrecord resultoffset firstresult"
)

CURSORS: Final = _set("after cursor pagetoken nextpagetoken endcursor continuation continuationtoken scrollid")

SORTS: Final = _set("sort sortby sorting sortorder orderby ordering sortfield sortdir order")

FILTERS: Final = _set(
    "filter filters refine refinement refinements brand brands price prices minprice maxprice color colour colors "
    "colours size sizes rating ratings discount instock availability material gender fq facetfilters facetfilter"
)

OF_SIMILAR_PRODUCTS: Final = _set("similar related recommendations recommended crosssell alternatives")
OF_A_SEARCH: Final = _set("search find query suche busca recherche suggest autocomplete")
OF_A_CATEGORY: Final = _set("category categories collection collections browse listing plp department departments")
OF_THE_HOME_PAGE: Final = _set("home featured homepage landing start")
