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

_BY_NAME: Final = re.compile(r".*\[@name=['\"](.*)['\"]\]")

# Chinese, Japanese and Korean write without spaces: 商品番号 is two words, and these are where one ends.
_UNSPACED: Final = re.compile(
    "(検索|搜索|검색|商品|製品|产品|產品|상품|제품|番号|编号|編號|編号|编码|コード|번호|코드|名称|名前|品名|名|명|"
    "価格|价格|價格|税込|가격|画像|图片|圖片|이미지|一覧|一览|列表|清单|リスト|목록|結果|结果|결과|カテゴリ|分类|카테고리|"
    "ブランド|品牌|브랜드|在庫|库存|재고|件数|数量|개수|店舗)"
)


@lru_cache(maxsize=4096)
def words_of(key: str) -> tuple[str, ...]:
    """The words of a key, in lower case: "productId" is ("product", "id").

    Of XML: "g:id" (a namespace's) is ("id",), and so is "str[@name='id']" (see markup.py).
    """
    by_name = _BY_NAME.fullmatch(key[:100])
    own = by_name[1] if by_name else key[:100].rpartition(":")[2]
    spaced = _UNSPACED.sub(r" \1 ", own)
    return tuple(word.lower() for run in _RUN.findall(spaced) for word in _WORD.findall(run))


def _row(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# -- what a product has -----------------------------------------------------------

TITLE: Final = _set(
    "name title label heading headline titel nombre nome nom bezeichnung titulo titre titolo naam denumire "
    "displayname productname fullname nazwa tytul nazev název nev név nimi namn navn navnet denumirea titlu isim "
    "adi adı ad baslik başlık название наименование имя назва όνομα τίτλος nama judul tên nm mei 名 名称 名前 品名 "
    "题 标题 標題 タイトル 이름 mingcheng biaoti libelle libellé designation désignation intitule descripcioncorta "
    "pavadinimas nosaukums nimetus naziv ime tittel rubrik benamning benämning benaming omschrijving caption 명 "
    "제목 artikelbezeichnung artikelname produktname nazvanie nazvaniye"
)
NOT_A_TITLE: Final = _set(
    "brand category seller vendor store user author image file group field attribute merchant shop manufacturer "
    "collection department type index option facet filter currency country city operation seo meta producer "
    "producent hersteller anbieter lieferant categoria categorie kategorie kategoria kategori fabricant fabricante "
    "proveedor marca marke"
)
"""`brandName` is not the product's name."""

PRICE: Final = _set(
    "price prices pricing amount cost msrp rrp pvp precio precios preis preise prix prezzo preco preço prijs pris "
    "cena saleprice listprice finalprice cents pricerange ceny ár fiyat fiyati fiyatı цена стоимость ціна τιμή "
    "harga gia giá hinta hind hinnad kaina cijena cenik pret preț prezzi precos preços precioventa preisbrutto "
    "brutto netto prc kakaku nedan jiage 価格 値段 税込 税抜 单价 价格 價格 售价 가격 판매가 avp uvp rsp asp sprice "
    "fare tarif tarifa importe montant betrag kwota unitprice priceinfo pricetext vkp 가 tsena ttc ht"
)
PICTURE: Final = _set(
    "image images img imgs picture pictures photo photos thumbnail thumbnails thumb media gallery bild bilder "
    "imagen imagenes foto fotos imagem immagine afbeelding imageurl imgurl zdjecie zdjecia obrazek obraz obrazky "
    "obrazok kep kép resim gorsel görsel изображение картинка фото kuva kuvat bilde billede gambar anh ảnh hinh "
    "slika imagine poza poze gazo 画像 写真 图片 圖片 主图 이미지 사진 tupian cover artwork poster visual "
    "illustration vignette immagini afbeeldingen portada"
)
LINK: Final = _set("url urls link href handle slug permalink uri canonical path pdp linktext urlkey")
BRAND: Final = _set(
    "brand vendor manufacturer seller merchant marca marke marque merk hersteller fabricante maker designer "
    "supplier znacka značka producent producer marka бренд производитель merkki brend fabricant fabrikant "
    "tillverkare varumarke varumärke markası gyarto gyártó brandname ブランド メーカー 品牌 브랜드 제조사 pinpai "
    "mfr mfg make anbieter proveedor fournisseur"
)
ABOUT: Final = _set(
    "description desc descripcion beschreibung descrizione descricao subtitle summary opis popis leiras leírás "
    "aciklama açıklama описание kuvaus beskrivning beskrivelse beschrijving descrição deskripsi mota 説明 描述 "
    "blurb excerpt teaser abstract"
)
STOCK: Final = _set(
    "stock availability available inventory instock orderable buyable lager bestand disponible quantity qty "
    "currency rating ratings reviews stars discount sale promo weight material gender stan zasoby skladem stok "
    "stoku наличие varasto lagersaldo voorraad disponibilita disponibilité disponibilidad stoc 在庫 库存 재고 zaiko "
    "kucun avail onhand"
)
CODE: Final = _set(
    "sku skus gtin ean upc mpn barcode isbn asin pzn jan nsn partnumber part articulo artikelnummer dpci plu tcin "
    "oem mfpn"
)
KIND: Final = _set(
    "category categories color colors colour colours size sizes variants variations swatches department tags "
    "kategorie kategoria kategori categorie categoria категория カテゴリ 分类 genres"
)

# -- what else answers hold -------------------------------------------------------

COUNT: Final = _set(
    "count counts doccount selected refined isrefined checked applied frequency hits occurrences anzahl num results "
    "total ile ilosc ilość pocet počet liczba antal aantal cantidad quantidade kensu 件数 数量 개수 количество adet "
    "db szam lkm totalcount cnt nb nbr hitcount recordcount"
)
OPINION: Final = _set("comment review author reviewer nickname body text user username customer pros cons reviewtext")
SCALE: Final = _set("width height alt src srcset aspect")

# -- what lists are called --------------------------------------------------------

OF_PRODUCTS: Final = _set(
    "products product hits items results docs documents records nodes edges listings listing goods articles artikel "
    "entries productos produkte produits prodotti produtos productlist productlisting search catalog catalogue "
    "merchandise offers hit producten resultlist searchresults tiles cards plp grid content contents elements "
    "objects matches wyniki produkty produkta vysledky výsledky zbozi zboží tovar termekek termékek talalatok "
    "találatok produse rezultate urunler ürünler urun sonuclar sonuçlar товары товар результаты продукты товари "
    "προϊόντα produk hasil sanpham tuotteet tuote tulokset varer produkter produkt varor resultat resultater tooted "
    "preces prekes proizvodi artikli shohin shouhin shangpin 商品 製品 产品 產品 结果 列表 一覧 リスト 상품 결과 "
    "목록 resultados resultaten risultati resultats ergebnisse treffer artikelliste lista liste listado itemlist "
    "wares things positions parts books vehicles cars hotels rooms courses wines titles tracks albums movies games "
    "dishes prd prdlist goodslist 検索 검색 搜索 一览 清单"
)
CERTAINLY_PRODUCTS: Final = _set(
    "products product productos produkte produits prodotti produtos producten hits docs goods productlist produkty "
    "produkter produse termekek termékek urunler ürünler товары товари προϊόντα produk tuotteet varer varor "
    "proizvodi shohin shouhin shangpin 商品 製品 产品 產品 상품 goodslist zbozi zboží"
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
    "included includes kategorie kategoriak kategoriler filtry filtre filtreler filtros filtri filtres szurok "
    "szűrők sortowanie razeni řazení trier siralama kategorien kategorier kategoriat категории фильтры 絞り込み "
    "カテゴリ 分类 筛选 필터 카테고리 shibori rayons rubriken rubriques facetten facettes facetas cloud shards "
    "hashtags categorias categorieen categorieën merken marcas marques marken markalar znacky producenci "
    "subcategories newsletters announcements notices appellations faceting artists actors directors contributors "
    "performers designers people persons cast crew agents dealers"
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
    "configurations represented matched tiers bundle bundled components promotions inventory availabilities "
    "warianty varianty varianten variantes conditions documents topics browsenodes labels editions ingredients "
    "allergens specs features nutrients pictures videos artists actors directors contributors performers designers "
    "cast rates rooms"
)

# -- objects around a product -----------------------------------------------------

WRAPS: Final = _set(
    "node document _source source data product item doc fields attributes hit record result productprojection "
    "entity object content productdata productinfo summary value article listing payload metadata meta raw info "
    "details"
)
ASPECTS: Final = _set("content attributes fields info details summary meta metadata")
"""Wraps that hold a part of what is said of a product; its id may stand beside them."""

NOT_A_WRAP: Final = _set(
    "brand vendor seller merchant manufacturer category categories price prices pricing image images picture "
    "thumbnail media variant variants mastervariant rating reviews review store shop user author currency stock "
    "inventory availability supplier collection parent group promotion badge"
)

# -- what ids are called ----------------------------------------------------------

ENDS_AN_ID: Final = _set(
    "id ids uid uuid guid code sku number no nr num nummer numero ref reference referencia key pid identifier "
    "codigo cd kod kodu kód kódja kodi kodas numer numéro número cislo číslo tunnus identyfikator azonosito "
    "azonosító номер код идентификатор artikul 番号 コード 编号 編號 编码 번호 코드 urn codice"
)
BEGINS_AN_ID: Final = _set("id codigo ref numero kod numer cislo číslo código número nr no codice cod")
"""`id_producto`, `idProduct`: Romance languages put it first."""

OF_A_PRODUCT: Final = _set(
    "product products prod item article artikel articulo produkt produit producto produto prodotto style model "
    "goods listing catalog catalogue entry master material ec web unique offer object document doc external record "
    "part parts artikelnr producte prd prdt sku hit asset piece book title vara varan tuote urun ürün termek termék "
    "produs produktu wyrob zbozi tovar товар produk shohin shouhin shangpin 商品 製品 品 产品 產品 상품 제품 gds "
    "wares lot ware spu spus property hotel room vehicle car course wine"
)
IS_A_PRODUCT: Final = _set(
    "product prod article artikel produkt produit producto produto prodotto articulo prd produktu vara tuote urun "
    "ürün termek termék produs zbozi tovar товар produk shohin shouhin shangpin 商品 製品 产品 產品 상품 제품 품"
)
PLACES: Final = _set("row card tile cell slot module widget block section column")
"""Parts of a page: their ids are not those of what is shown in them."""

ONLY_VARIANTS: Final = _set("variants variations skus warianty varianty varianten variantes")
MAKERS: Final = _set("manufacturer mfr mfg maker oem")
ITS_VARIANTS: Final = _set(
    "variants variant skus sku items offers variations children variantes warianty varianten varianty varianter "
    "versions editions listings"
)
NO_ID: Final = _set(
    "bid paid valid invalid grid void avoid fluid solid hybrid sid fid cid rid tid void unpaid rapid android"
)
"""Words that only end as `productid` does, or whose ids are known to be of something else."""

BARE_VALUES: Final = _set(
    "raw value text #text $oid @value __value__ _value single stringvalue integervalue s n val $numberlong "
    "str string int long"
)
"""Keys that say no more than "here is the value": `{"id": {"raw": "17"}}`."""

OF_SOMETHING_ELSE: Final = _set(
    "brand category cat seller store vendor shop merchant user author image img picture media parent group variant "
    "variation type department collection currency supplier manufacturer warehouse location tax attribute option "
    "facet filter campaign promotion session request query tracking click index tenant account site channel family "
    "class status cache color colour size default template review order customer owner created updated position "
    "rank page zip postal country region language locale market price stock inventory batch event cluster bid "
    "creative ad slot hs producent producenta producer anbieter lieferant hersteller fabricant fabricante proveedor "
    "kategori kategorie kategorii kategoria categoria categorie wariant wariantu variante varianta tenpo 店舗 "
    "カテゴリ artist amg maker plant line browse search correlation trace transaction version revision schema auth "
    "thread cover edition asset folder space environment chain node fornitore leverancier leverandor leverandør "
    "leverantör toimittaja magazzino loja tienda toko negozio butik kauppa marchand vendeur vendedor verkäufer "
    "verkaeufer satici satıcı sprzedawca prodejce eladó dealer agent agency company person people cast director "
    "actor publisher label distributor sid fid"
)
"""`brand_id` is an id, but not the product's."""

OF_PEOPLE: Final = _set(
    "email emailaddress firstname lastname surname username givenname familyname birthday dateofbirth"
)
"""Keys that people have, and products have not."""

# -- what requests call things ----------------------------------------------------
SEARCH_WORDS: Final = _row(
    "q query search searchterm term keyword keywords searchquery searchtext searchstring searchphrase text fulltext "
    "ft phrase querytext keyphrase searchkeyword searchkey s st k kw w ntt wd qs find input searchword suche "
    "busca busqueda recherche"
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

ORDERING: Final = _set("by dir direction field fields key column asc desc")
"""What follows `order` where that is one of the list, and not one of the shopper's."""

ASKED_FOR: Final = _set("include includes with show return returns load fetch expand get display need calculate")
"""How parameters begin that ask for more about each product."""

_OF_PRICES: Final = _set(
    "list lists book group groups zone type format mode currency country channel customer tier region"
)

NOT_OF: Final = {
    "size": _set(
        "page pages per batch image images img thumb thumbnail picture icon chunk window result results list max"
    ),
    "price": _OF_PRICES,
    "prices": _OF_PRICES,
}
"""Words beside which a filter's word is none: `pageSize`, `priceCurrency`."""

OF_SIMILAR_PRODUCTS: Final = _set("similar related recommendations recommended crosssell alternatives")
OF_A_SEARCH: Final = _set("search find query suche busca recherche suggest autocomplete")
OF_A_CATEGORY: Final = _set("category categories collection collections browse listing plp department departments")
OF_THE_HOME_PAGE: Final = _set("home featured homepage landing start")
