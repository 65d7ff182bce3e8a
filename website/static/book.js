// What is too wide scrolls inside its box. There the keyboard must reach it, and elsewhere not stop.
// (The theme does the same for code.) Widths change when fonts arrive and windows are resized.
(() => {
  const boxes = ":is(div.math, .pst-scrollable-table-container)";
  const watch = new ResizeObserver((changes) => {
    const changed = changes.map(({ target }) => target.closest(boxes)).filter(Boolean);
    new Set(changed).forEach((box) => {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  });
  document.addEventListener("DOMContentLoaded", () =>
    document
      .querySelectorAll(`${boxes}, ${boxes} :is(table, .base)`)
      .forEach((part) => watch.observe(part)),
  );
  // Paper cannot be unfolded.
  window.addEventListener("beforeprint", () =>
    document.querySelectorAll("details").forEach((answer) => (answer.open = true)),
  );
})();
