"""The merchant's console, and the customers' own pages: plain pages, rendered here, that work without JavaScript and load nothing from elsewhere."""

from tactful.console.export import render_export
from tactful.console.pages import STYLE, render_page, render_reference
from tactful.console.personal import render_customer_page, render_way_out

__all__ = ["STYLE", "render_customer_page", "render_export", "render_page", "render_reference", "render_way_out"]
