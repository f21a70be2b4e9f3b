// What makes the pages quicker to use; every page can be read and sent without it.
"use strict";

function moveAmongRows(table) {
  const rows = [...table.tBodies[0].rows].filter((row) => row.querySelector("a"));
  let at = -1;
  const go = (to) => {
    if (!rows.length) return;
    rows[at]?.classList.remove("at");
    at = Math.max(0, Math.min(rows.length - 1, to));
    rows[at].classList.add("at");
    rows[at].querySelector("a").focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else return;
    event.preventDefault();
  });
}

function searchBySlash(field) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}

function valueOf(cell) {
  const text = cell.innerText.replace(/−/g, "-").trim();
  const time = cell.querySelector("time");
  if (time) return time.dateTime;
  const number = parseFloat(text.replace(/[^0-9.eE+-]/g, ""));
  return /^[^A-Za-z\u4e00-\u9fff]*[0-9]/.test(text) && !Number.isNaN(number) ? number : text;
}

function sortByHeads(table) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.classList.add("sortable-head");
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      const body = table.tBodies[0];
      const rows = [...body.rows].map((row) => [valueOf(row.cells[column]), row]);
      rows.sort(([a], [b]) => {
        const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
        return down ? -order : order;
      });
      body.append(...rows.map(([, row]) => row));
      [...table.tHead.rows[0].cells].forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
    });
  });
}

document.querySelectorAll("[data-keys]").forEach(moveAmongRows);
document.querySelectorAll("[data-key='/']").forEach(searchBySlash);
document.querySelectorAll("table.sortable").forEach(sortByHeads);
document.querySelectorAll("[data-submit]").forEach((field) => field.addEventListener("change", () => field.form.submit()));
document.querySelectorAll("[data-scripted-off]").forEach((each) => { each.hidden = true; });
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
