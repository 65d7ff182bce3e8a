// Content that is too wide scrolls inside its box, which must then, and only then, be focusable by
// keyboard. (The theme does this for code, but only once.) Widths change when fonts load or the window is resized.
(() => {
  const boxes = ":is(div.math, .pst-scrollable-table-container, pre)";
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
  // Folded answers would be missing in print.
  window.addEventListener("beforeprint", () =>
    document.querySelectorAll("details").forEach((answer) => (answer.open = true)),
  );
})();
