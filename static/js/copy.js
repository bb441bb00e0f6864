// Copies the numbers of today as text, each source with its address.
(() => {
  "use strict";
  const button = document.querySelector("[data-copy]");
  const told = document.querySelector("[data-copy-told]");
  const copied = document.querySelector("[data-copied]");
  if (!button || !copied || !navigator.clipboard) return;

  function asText(element) {
    const copy = element.cloneNode(true);
    for (const link of copy.querySelectorAll("a")) link.append(` ${link.href}`);
    return [...copy.querySelectorAll("p, li")]
      .map((line) => line.textContent.replace(/\s+/g, " ").trim())
      .join("\n");
  }

  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(asText(copied));
    told.textContent = told.dataset.copyTold;
  });
})();
