// The search: its button, Ctrl+K or "/" open a dialog, which lists sections, terms and functions
// while the reader types. The first use loads what website/extensions/search.py wrote.
(() => {
  const site = new URL("..", document.currentScript.src);
  const most = 20; // results shown
  const dull = /^(an?|and|are|at|be|by|do|does|for|from|how|i[nst]?|my|of|on|or|the|to|was|what|why|with)$/;
  // Chapters explain; exercises and functions repeat.
  const weights = [["chapters/", 1.3], ["exercises/", 0.6], ["back_matter/library", 0.7], ["", 1]];
  let dialog, input, status, list, records, index;

  // 2.303 is one word, ignore_index are two; letters lose their accents.
  const words = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").match(/\d+\.\d+|[\p{L}\p{N}]+/gu) ?? [];

  function makeIndex() {
    records = window.searchPages.flatMap(([url, page, sections]) =>
      sections.map(([anchor, title, names, text, others]) => {
        const place = anchor ? `${url}#${anchor}` : url;
        return { place, page, title, names, text, others };
      }),
    );
    index = new MiniSearch({
      fields: ["title", "names", "page", "text", "others"],
      tokenize: words,
      processTerm: (word) => !dull.test(word.toLowerCase()) && word.toLowerCase(),
      searchOptions: {
        boost: { title: 4, names: 3, page: 0.5 },
        boostDocument: (id) => weights.find(([start]) => records[id].place.startsWith(start))[1],
        prefix: (word) => word.length > 1,
        fuzzy: (word) => /^\p{L}{5,}$/u.test(word) && 0.2,
      },
    });
    index.addAll(records.map((record, id) => ({ id, ...record })));
    show();
  }

  function show() {
    const query = input.value.trim();
    const found = index && query ? index.search(query) : [];
    list.replaceChildren(...found.slice(0, most).map(({ id }) => resultOf(records[id])));
    const first = found.length > most ? `The first ${most} of ` : "";
    const count = `${first}${found.length} ${found.length == 1 ? "result" : "results"}`;
    status.textContent = !index ? "Loading …" : query && count;
  }

  function resultOf({ place, page, title, text }) {
    const [item, link] = [document.createElement("li"), document.createElement("a")];
    link.href = new URL(place, site);
    const above = page == title ? "" : page;
    for (const [tag, content] of [["b", title], ["i", above], ["span", text]]) {
      const line = document.createElement(tag);
      line.textContent = content;
      link.append(line);
    }
    item.append(link);
    return item;
  }

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    input.select();
    if (index) return;
    show();
    const script = document.createElement("script"); // fetch() fails on pages opened from disk
    script.src = new URL("vendor/search.js", site);
    script.onload = makeIndex;
    script.onerror = () => (status.textContent = "The search could not be loaded.");
    document.head.append(script);
  }

  // On the window and first, so that the theme does not open its own search.
  function onKey(event) {
    const typing = event.target.matches?.("input, textarea, select");
    const called = (event.ctrlKey || event.metaKey) && event.key == "k";
    if (!called && (event.key != "/" || typing)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    open();
  }

  function onClick(event) {
    if (!event.target.closest(".search-button__button")) return;
    event.stopPropagation();
    open();
  }

  function onKeyInDialog(event) {
    const stops = [input, ...list.querySelectorAll("a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      stops[stops.indexOf(document.activeElement) + step]?.focus();
    } else if (event.key == "Enter" && event.target == input && !event.isComposing) {
      stops[1]?.click(); // isComposing: Enter chooses a Chinese word
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    dialog = document.querySelector("dialog.search");
    [input, status, list] = dialog.querySelectorAll("input, [role=status], ol");
    window.addEventListener("keydown", onKey, true);
    window.addEventListener("click", onClick, true);
    input.addEventListener("input", show);
    dialog.addEventListener("keydown", onKeyInDialog);
    // The dialog itself is clicked where nothing else is: beside its content.
    dialog.addEventListener("click", ({ target }) => {
      if (target == dialog || target.closest("a, button")) dialog.close();
    });
  });
})();
