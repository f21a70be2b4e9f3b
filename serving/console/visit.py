"""A visit: one call of a page by an officer who signed in, and all that the page may use."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from serving.access.consents import Matter
from serving.access.denials import Denial
from serving.access.door import Door
from serving.access.principal import Principal
from serving.audit.log import Event
from serving.console import names
from serving.console.csrf import FIELD
from serving.console.language import PARAMETER, Language, translations
from serving.console.navigation import links
from serving.console.officers.officer import Officer
from serving.console.officers.sessions import Session
from serving.console.rendering import environment
from serving.rooms import Rooms


@dataclass(frozen=True)
class Visit:
    """One call of a page.

    Attributes
    ----------
    request : Request
    session : Session
    language : {"en", "zh"}
    now : int
        UTC microseconds.
    form : mapping of str to str
        What was sent with the page's form; empty where none was.
    """

    request: Request
    session: Session
    language: Language
    now: int
    form: Mapping[str, str]

    @property
    def officer(self) -> Officer:
        """Who visits."""
        return self.session.officer

    @property
    def principal(self) -> Principal:
        """Whom the interface would see: an officer of that lender."""
        return self.officer.principal

    @property
    def rooms(self) -> Rooms:
        """The record, the champion, the policy, the ledger."""
        return cast(Rooms, self.request.state.rooms)

    @property
    def door(self) -> Door:
        """Consents and all else that stands behind the door."""
        return cast(Door, self.request.state.door)

    @property
    def today(self) -> int:
        """The time that pages take as the present: the service's fixed as-of, or the clock."""
        fixed = self.rooms.settings.as_of
        return self.now if fixed is None else fixed

    def say(self, text: str) -> str:
        """A text of the code in the visit's language."""
        return str(translations(self.language).gettext(text))

    def query(self, name: str, default: str = "") -> str:
        """A parameter of the address."""
        return self.request.query_params.get(name, default)

    def url(self, name: str, /, **parameters: object) -> str:
        """Address of a page by its name; parameters that its path lacks go into the query."""
        return address(self.request, name, **parameters)

    def consented(self, enterprise_id: str, matter: Matter = Matter.SCORES) -> str | None:
        """Return the consent by which the officer's lender sees an enterprise.

        Raises
        ------
        HTTPException
            404 if it may not: the same as for an enterprise that nobody has heard of.
        """
        if not enterprise_id.isprintable():
            raise HTTPException(HTTPStatus.NOT_FOUND)  # PostgreSQL refuses to look for some signs
        consents = self.door.lock().consents
        found = consents.permitted(self.principal, [enterprise_id], matter, None, self.now)
        if enterprise_id not in found:
            self.denied("no-consent")
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return found[enterprise_id]

    def denied(self, reason: str) -> None:
        """Count for the audit log that the officer was refused."""
        path = getattr(self.request.scope.get("route"), "path", "")
        operation, who = f"{self.request.method} {path}", self.principal
        self.door.denials.note(Denial(reason, operation, who.client_id, who.tenant))

    def viewed(self, page: str, enterprise_id: str, **detail: object) -> None:
        """Note in the audit log who looked at whom; no page is shown unless this was kept.

        Raises
        ------
        LedgerFailure
            If it was not.
        """
        self.noted("viewed", enterprise_id, page=page, **detail)

    def noted(self, action: str, subject: str, **detail: object) -> None:
        """Note in the audit log what an officer did.

        Raises
        ------
        LedgerFailure
            If it was not committed.
        """
        self.rooms.ledger().note(self.event(action, subject, **detail))

    def event(self, action: str, subject: str, **detail: object) -> Event:
        """What an officer did, for the audit log."""
        return Event(
            action=action,
            subject=subject[:64],
            client_id=self.principal.client_id,
            tenant=self.officer.tenant,
            at=self.now,
            detail=detail,
        )

    def page(self, template: str, /, status: int = 200, **context: object) -> Response:
        """Render a template as the answer."""
        return rendered(
            self.request,
            self.language,
            template,
            status,
            visit=self,
            links=links(self.officer, there(self.request)),
            form_field=FIELD,
            **context,
        )

    def go(self, name: str, /, **parameters: object) -> Response:
        """Send the browser to a page, as after a form."""
        return RedirectResponse(self.url(name, **parameters), HTTPStatus.SEE_OTHER)


def there(request: Request) -> frozenset[str]:
    """Names of the pages that this console has."""
    return frozenset(route.name for route in request.app.routes)


def address(request: Request, name: str, /, **parameters: object) -> str:
    """Address of a page by its name; parameters that its path lacks go into the query."""
    app, root = request.app, request.scope.get("root_path", "")
    places = next(route.param_convertors for route in app.routes if route.name == name)
    inside = {key: str(parameters[key]) for key in places}
    query = {key: value for key, value in parameters.items() if key not in places}
    told = {key: str(value) for key, value in query.items() if value not in (None, "")}
    path = root + str(app.url_path_for(name, **inside))
    return f"{path}?{urlencode(told)}" if told else path


def rendered(
    request: Request, language: Language, template: str, /, status: int, **context: object
) -> Response:
    """Render a template for a request, whoever it is of."""

    def url(name: str, /, **parameters: object) -> str:
        return address(request, name, **parameters)

    def switched(to: str) -> str:
        query = {**request.query_params, PARAMETER: to}
        return f"{request.url.path}?{urlencode(query)}"

    told = {
        "visit": None,
        "links": (),
        "url": url,
        "switched": switched,
        "names": names,
        "pages": there(request),
    }
    html = environment(language).get_template(template).render({**told, **context})
    return HTMLResponse(html, status, headers={"Content-Language": language, "Vary": "Cookie"})
