// Makes each figure with sliders interactive shortly before it scrolls into view. The first one loads
// Vega; until then, and if anything fails, the static image remains.
(() => {
  const vegaUrl = new URL("../vendor/vega.js", document.currentScript.src);
  let loading;

  function loadVega() {
    // A script element, because import() fails on pages opened from disk.
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = vegaUrl;
      script.onload = () => resolve(window.vega);
      script.onerror = reject;
      document.head.append(script);
    });
    return loading;
  }

  function add(parent, tag, attributes) {
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    parent.append(element);
    return element;
  }

  async function enliven(figure) {
    const vega = await loadVega();
    const spec = JSON.parse(figure.querySelector("script").textContent);
    const chart = add(figure, "div", { class: "chart" });
    const controls = add(figure, "div", { class: "controls" });
    const sliders = add(controls, "div", { role: "group", "aria-label": "Sliders" });
    const words = add(controls, "p", { class: "read-out" });
    const view = new vega.View(vega.parse(spec), { renderer: "svg", container: chart, bind: sliders });
    chart.role = "img"; // Vega sets "graphics-document"
    chart.ariaLabel = figure.querySelector("img").alt;
    const tell = (name, text) => { words.textContent = text; };
    view.addSignalListener("read_out", tell);
    await view.runAsync();
    tell("read_out", view.signal("read_out"));
    words.ariaLive = "polite"; // set last, so that the initial text is not announced
    figure.classList.add("live");
  }

  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        near.unobserve(target);
        enliven(target);
      }
    }
  }, { rootMargin: "600px" });
  document.querySelectorAll(".sliders").forEach((figure) => near.observe(figure));
})();
