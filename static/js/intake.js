// An extra over the review of an intake: each decision is kept as it is made, not only at the button.
(() => {
  "use strict";
  const form = document.querySelector("form[data-keep]");
  const told = form?.querySelector(".kept");
  if (!form || !told) return;
  let waiting = Promise.resolve();

  async function keep(place) {
    const names = ["decision", "reason", "was"].map((name) => `${name}-${place}`);
    const sent = new FormData();
    for (const name of ["csrfmiddlewaretoken", "show", ...names]) {
      const value = new FormData(form).get(name);
      if (value !== null) sent.append(name, value);
    }
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(sent),
      headers: { "X-Keep": "1" },
    });
    if (!answer.ok) throw new Error(answer.status);
    const { decision, told: sentences } = await answer.json();
    form.elements[`was-${place}`].value = decision;
    told.textContent = sentences.join(" ") || told.dataset.kept;
  }

  form.addEventListener("change", ({ target }) => {
    const place = /^(?:decision|reason)-(\d+)$/.exec(target.name || "")?.[1];
    if (!place) return;
    waiting = waiting.then(() => keep(place)).catch(() => {
      told.textContent = told.dataset.lost;
    });
  });
})();
