// An extra over the forms, which work by themselves: names as one types, results as one chooses.
(() => {
  "use strict";
  const PAUSE = 180; // milliseconds of quiet before asking

  function afterPause(act) {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(act, PAUSE);
    };
  }

  // --- names as one types ---
  for (const input of document.querySelectorAll("form[data-suggest] input[name=q]")) {
    const names = document.createElement("datalist");
    names.id = `${input.id}-names`;
    input.after(names);
    input.setAttribute("list", names.id);
    const ask = afterPause(async () => {
      const typed = input.value.trim();
      if (typed.length < 2) return names.replaceChildren();
      const answer = await fetch(`${input.form.dataset.suggest}?q=${encodeURIComponent(typed)}`);
      if (!answer.ok || input.value.trim() !== typed) return;
      const [, suggested] = await answer.json();
      names.replaceChildren(...suggested.map((name) => new Option(name, name)));
    });
    input.addEventListener("input", ask);
  }

  // --- results as one chooses ---
  const form = document.getElementById("filters");
  const found = document.getElementById("found");
  if (!form || !found) return;
  const here = () => location.pathname + location.search;
  let latest = 0;
  let shown = here();

  function address() {
    const asked = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) asked.append(name, value);
    return `${form.getAttribute("action")}?${asked}`;
  }

  function put(fresh, selector) {
    const [old, other] = [document, fresh].map((page) => page.querySelector(selector));
    if (old && other) old.replaceChildren(...other.childNodes);
  }

  function putFacets(fresh) {
    const open = new Set([...form.querySelectorAll("details[open]")].map((one) => one.dataset.facet));
    const { name, value } = document.activeElement || {};
    put(fresh, "#facets");
    for (const one of form.querySelectorAll("details")) one.open = open.has(one.dataset.facet);
    if (name && value) {
      const same = `[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`;
      form.querySelector(same)?.focus();
    }
  }

  function putFeeds(fresh) {
    const all = "link[rel=alternate]";
    for (const old of document.querySelectorAll(all)) old.remove();
    document.head.append(...fresh.querySelectorAll(all));
  }

  async function show(url, isNew) {
    const mine = ++latest;
    found.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== latest) return;
      if (!fresh.getElementById("found")) return location.assign(url);
      put(fresh, "#told"); // stays in the page, so that it is read out
      put(fresh, "#rows");
      putFacets(fresh);
      put(fresh, ".show-facets");
      put(fresh, ".language");
      putFeeds(fresh);
      document.title = fresh.title;
      if (isNew) history.pushState(null, "", url);
      shown = here();
    } catch {
      location.assign(url);
    } finally {
      found.removeAttribute("aria-busy");
    }
  }

  form.addEventListener("change", (event) => {
    if (event.target.name && event.target.name !== "q") show(address(), true);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(address(), true);
  });
  addEventListener("popstate", () => {
    if (here() !== shown) location.reload(); // not for a jump within the page
  });
})();
