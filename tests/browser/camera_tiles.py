"""Tiles of cameras, as a person who is signed in opens them."""

from playwright.sync_api import Page

from tests.integration.camera_desk import Desk


def opened(page: Page, at: Desk, path: str = "/console/cameras", role: str = "operator") -> Page:
    name, _, value = at.cookies[role].partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": at.base}])
    page.goto(at.base + path)
    return page


def tile(camera: str) -> str:
    """Selector of a camera's tile."""
    return f".c-tile[data-id='{camera}']"
