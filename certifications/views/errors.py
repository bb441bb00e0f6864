"""Error pages."""

from django.core.exceptions import ValidationError
from django.shortcuts import render

from certifications.listing.form import day_asked


def gone(request):
    """The tombstone of a record that was public once; nameless, since it may be called by another
    name meanwhile, which was never public.
    """
    return render(request, "certifications/gone.html", status=410)


def refused(request, form):
    """What is wrong with each parameter of a form."""
    sentences = [
        f"{form.fields[name].label or name}: {sentence}"
        for name, faults in form.errors.items()
        for sentence in faults
    ]
    context = {"messages_to_reader": sentences}
    return render(request, "certifications/bad_request.html", context, status=400)


def day_or_refusal(request):
    """The day of `on=` and None, or None and the page that says what is wrong with it."""
    try:
        return day_asked(request.GET), None
    except ValidationError as error:
        context = {"messages_to_reader": error.messages}
        return None, render(request, "certifications/bad_request.html", context, status=400)
