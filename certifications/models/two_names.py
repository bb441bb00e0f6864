"""A mixin for names in two languages."""

from certifications.reference.language import thai_is_read


class TwoNames:
    """A Thai name, and perhaps an English one, as the reader reads them."""

    @property
    def name(self) -> str:
        """The name in the reader's language; the Thai name where there is no English one."""
        return self.name_th if thai_is_read() else self.name_en or self.name_th

    @property
    def name_language(self) -> str:
        """The language `name` is in, for the lang attribute around it."""
        return "th" if thai_is_read() or not self.name_en else "en"
