"""The addresses of the shop, and what its list of products can do: be searched, and come in pages."""

from django.apps import apps
from django.urls import include, path
from oscarapi.views.product import ProductList
from rest_framework.filters import SearchFilter
from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """Pages where the query says how large, else one array."""

    page_size_query_param = "page_size"


ProductList.queryset = ProductList.queryset.order_by("id")
ProductList.filter_backends = [SearchFilter]
ProductList.search_fields = ["title"]
ProductList.pagination_class = Pages

urlpatterns = [path("api/", include("oscarapi.urls")), path("", include(apps.get_app_config("oscar").urls[0]))]
