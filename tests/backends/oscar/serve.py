"""django-oscar with its REST API and a small catalogue; says where it listens. Runs in the environment .venv/oscar.

FOLDER is where its database goes. What is set up here is what django-oscar and django-oscar-api say to set up.
"""

import os
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from oscar import INSTALLED_APPS
from oscar import defaults as oscar_defaults

CATALOGUE = {
    "Arco floor lamp": "249.00",
    "Pixel desk lamp": "59.90",
    "Whitehall desk lamp": "84.50",
    "Paper lamp Ø 40 cm": "19.00",
    "Storm lamp “Hafen”": "34.00",
    "Salt lamp": "27.00",
    "Piano lamp": "119.00",
    "Rattan chair": "140.00",
}


class NoMigrations(dict[str, None]):
    """Tables are made as the models are today: the same, in two seconds instead of twenty."""

    def __contains__(self, app: object) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


settings.configure(
    **{name: value for name, value in vars(oscar_defaults).items() if name.isupper()},
    SECRET_KEY="a test's",
    ALLOWED_HOSTS=["127.0.0.1"],
    DEBUG_PROPAGATE_EXCEPTIONS=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{os.environ['FOLDER']}/shop.sqlite3"}},
    HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
    INSTALLED_APPS=[*INSTALLED_APPS, "rest_framework", "oscarapi"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "oscarapi.middleware.ApiBasketMiddleWare",
        "django.middleware.gzip.GZipMiddleware",
    ],
    MIGRATION_MODULES=NoMigrations(),
    OSCARAPI_PRODUCT_FIELDS=("url", "id", "upc", "title", "price", "availability"),
    ROOT_URLCONF="urls",
    SITE_ID=1,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    USE_TZ=True,
)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def populate() -> None:
    from oscar.apps.partner.models import Partner, StockRecord
    from oscar.core.loading import get_model

    call_command("migrate", run_syncdb=True, verbosity=0)
    lamps = get_model("catalogue", "ProductClass").objects.create(name="Furniture")
    seller = Partner.objects.create(name="Larkmoor")
    for place, (title, price) in enumerate(CATALOGUE.items(), 1):
        upc = f"FUR-{place}"
        product = get_model("catalogue", "Product").objects.create(title=title, upc=upc, product_class=lamps)
        StockRecord.objects.create(product=product, partner=seller, partner_sku=upc, price=price, num_in_stock=9)


if __name__ == "__main__":
    django.setup()
    populate()
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Quiet)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
