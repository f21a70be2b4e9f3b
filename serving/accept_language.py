"""``Accept-Language`` of a request, and the headers of its answer."""

from typing import Annotated

from fastapi import Depends, Header, Request

from serving.language import LONGEST, Language, language_of


def headers_of(language: str) -> dict[str, str]:
    """Headers of an answer in a language, which another header might have changed."""
    return {"Content-Language": language, "Vary": "Accept-Language"}


def asked_by(request: Request) -> Language:
    """Language that a request asks for."""
    # Of several such headers the parts count as those of one.
    stated = ", ".join(request.headers.getlist("accept-language"))
    return language_of(stated[:LONGEST])


LanguageHeader = Annotated[
    str | None,
    Header(
        alias="Accept-Language",
        description="language of `text`, `title` and the like: `en`, which is the default, or "
        "`zh`, with quality values and regions as RFC 9110 has them",
        examples=["zh-CN,zh;q=0.9,en;q=0.8"],
    ),
]


async def _asked(request: Request, _: LanguageHeader = None) -> Language:
    return asked_by(request)


LanguageHere = Annotated[Language, Depends(_asked)]
