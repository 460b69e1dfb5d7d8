"""The national codes."""

from django.urls import path

from registers.code_list import views

urlpatterns = [path("codes/", views.codes, name="codes")]
