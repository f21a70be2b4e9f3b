// The what-if page is reckoned anew as a lever moves; without this its form does the same.
"use strict";

function reckonInPlace(form, outcome) {
  let asked = null;
  let due = 0;

  async function reckon() {
    asked?.abort();
    asked = new AbortController();
    const plan = new URLSearchParams([...new FormData(form)].filter(([, share]) => share !== "0"));
    const address = `${location.pathname}?${plan}`;
    outcome.classList.add("waiting");
    try {
      const answer = await fetch(address, { signal: asked.signal, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById(outcome.id);
      if (!answer.ok || !found) {
        form.submit();
        return;
      }
      outcome.replaceChildren(...found.childNodes);
      history.replaceState(null, "", address);
      outcome.classList.remove("waiting");
    } catch (error) {
      if (error.name === "AbortError") return;
      const said = document.createElement("p");
      said.className = "notice bad";
      said.textContent = outcome.dataset.failed;
      outcome.prepend(said);
      outcome.classList.remove("waiting");
    }
  }

  form.addEventListener("input", (event) => {
    const shown = form.querySelector(`output[for="${event.target.id}"]`);
    if (shown) shown.value = `${event.target.value}%`;
    clearTimeout(due);
    due = setTimeout(reckon, 120);
  });
}

const plan = document.getElementById("plan");
if (plan) reckonInPlace(plan, document.getElementById("outcome"));
