"""The page at ``/docs``: every operation with its example, in plain HTML.

FastAPI's own page loads its scripts from a foreign host; a bank's network does not let them in.
This one has no script at all.
"""

import json
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem;
  color: #1c2733; }
h1 { margin-bottom: 0; } h2 { margin-top: 2.5rem; border-top: 1px solid #d5dde5;
  padding-top: 1rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { background: #f3f6f9; padding: .8rem 1rem; overflow: auto; max-height: 28rem; }
.method { background: #14507a; color: #fff; border-radius: 3px; padding: .1rem .5rem; }
table { border-collapse: collapse; } td, th { text-align: left; vertical-align: top;
  padding: .25rem 1rem .25rem 0; border-bottom: 1px solid #e4eaf0; }
"""
_SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}


@router.get("/docs")
def page(request: Request) -> HTMLResponse:
    """Show the interface to a person."""
    return HTMLResponse(html(request.app.openapi()), headers=_SECURITY)


def html(description: dict[str, Any]) -> str:
    """Render an OpenAPI document as one page.

    Parameters
    ----------
    description : dict
        The document; only what this service uses of OpenAPI is rendered.
    """
    info = description["info"]
    schemas = description["components"]["schemas"]
    operations = [
        (path, method, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    links = "".join(
        f'<li><a href="#{escape(_anchor(path, method))}"><code>{method.upper()} {escape(path)}'
        f"</code></a> {escape(operation.get('summary', ''))}</li>"
        for path, method, operation in operations
    )
    body = "".join(_operation(*operation, schemas) for operation in operations)
    models = "".join(_model(name, schemas[name]) for name in sorted(schemas))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(info['title'])}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>"
        f"<p>{escape(info.get('summary', ''))}</p>{_prose(info.get('description', ''))}"
        f'<p>The same as a machine reads it: <a href="/openapi.json">openapi.json</a></p>'
        f"<ul>{links}</ul>{body}<h2>Forms</h2>{models}</body></html>"
    )


def _operation(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    parts = [
        f'<h2 id="{escape(_anchor(path, method))}"><span class="method">{method.upper()}</span> '
        f"<code>{escape(path)}</code></h2>",
        f"<p><strong>{escape(operation.get('summary', ''))}</strong></p>",
        _prose(operation.get("description", "")),
    ]
    if parameters := operation.get("parameters"):
        parts.append(
            "<h3>Parameters</h3>"
            + _table([(p["name"], p["in"], p.get("description", "")) for p in parameters])
        )
    if body := operation.get("requestBody"):
        parts.append(f"<h3>Body</h3>{_prose(body.get('description', ''))}")
        for media, content in body["content"].items():
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            link = _link(name) if name else ""
            parts.append(f"<p><code>{escape(media)}</code> {link}</p>")
            parts.extend(_pre(example) for example in schemas.get(name, {}).get("examples", ()))
    parts.append("<h3>Answers</h3>")
    for status, answer in operation.get("responses", {}).items():
        parts.append(f"<p><strong>{status}</strong> {escape(answer.get('description', ''))}")
        for media, content in answer.get("content", {}).items():
            parts.append(f" <code>{escape(media)}</code> {_references(content.get('schema', {}))}")
            parts.extend(
                f"<p>{escape(name)}</p>{_pre(example['value'])}"
                for name, example in content.get("examples", {}).items()
            )
        parts.append("</p>")
    return "".join(parts)


def _model(name: str, schema: dict[str, Any]) -> str:
    rows = [
        (field, _kind(form), form.get("description", ""))
        for field, form in schema.get("properties", {}).items()
    ]
    summary = escape(schema.get("description", "").partition("\n")[0])
    return f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{summary}</p>{_table(rows)}'


def _kind(form: dict[str, Any]) -> str:
    if "$ref" in form:
        return str(form["$ref"]).rpartition("/")[2]
    if "anyOf" in form:
        return " or ".join(_kind(choice) for choice in form["anyOf"])
    if form.get("type") == "array":
        items = form.get("items") or {}
        return f"list of {_kind(items)}"
    if "enum" in form:
        return " | ".join(map(str, form["enum"]))
    return str(form.get("const") or form.get("type", ""))


def _references(schema: dict[str, Any]) -> str:
    refs = [schema, *schema.get("oneOf", ())]
    names = [ref["$ref"].rpartition("/")[2] for ref in refs if "$ref" in ref]
    return " or ".join(_link(name) for name in names)


def _link(name: str) -> str:
    return f'<a href="#{escape(name)}">{escape(name)}</a>'


def _table(rows: list[tuple[str, str, str]]) -> str:
    cells = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(kind)}</td><td>{escape(text)}</td></tr>"
        for name, kind, text in rows
    )
    return f"<table>{cells}</table>"


def _prose(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip())


def _pre(value: object) -> str:
    return f"<pre>{escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"


def _anchor(path: str, method: str) -> str:
    return f"{method}{path}".replace("/", "-").replace("{", "").replace("}", "")
