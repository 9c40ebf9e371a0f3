"""Sets Django up in a process of its own; import it before any model."""

import django

django.setup()
