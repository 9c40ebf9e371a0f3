"""How the pages' files are stored: named by content, compressed, without their source maps."""

from functools import cached_property

from whitenoise.storage import CompressedManifestStaticFilesStorage

URL_IN_STYLE = r"""(?P<matched>url\(['"]{0,1}\s*(?P<url>.*?)["']{0,1}\))"""
IMPORT_IN_STYLE = (r"""(?P<matched>@import\s*["']\s*(?P<url>.*?)["'])""", """@import url("%(url)s")""")
MODULE_OF_SCRIPT = (
    r"""(?P<matched>(?P<what>import|export)(?P<names>[^;'"]*?)from\s*["'](?P<url>\./[^"']+)["'])""",
    '%(what)s%(names)sfrom "%(url)s"',
)


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Source maps are most of the packages' bytes and no page needs them: they are not looked for."""

    patterns = (
        ("*.css", (URL_IN_STYLE, IMPORT_IN_STYLE)),
        ("js/board/*.js", (MODULE_OF_SCRIPT,)),
    )

    def url(self, name: str | None, force: bool = False) -> str:
        """The address of a file; a page names dozens of them, and while a server runs they stay the same."""
        if name is None or name not in self._addresses:
            self._addresses[name] = super().url(name, force)
        return self._addresses[name]

    @cached_property
    def _addresses(self) -> dict[str | None, str]:
        return {}
