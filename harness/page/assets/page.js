// The page can be read without this. With it: filters with their state in the address, keys, and terminals that play.
"use strict";
(() => {
  const all = (where, what) => [...where.querySelectorAll(what)];
  const main = document.querySelector("main");
  const form = document.getElementById("filters");
  const found = document.getElementById("found");
  const keys = document.querySelector("body > dialog");
  const [matrix, nothing] = [main.firstElementChild, main.lastElementChild]; // not by id: areas have such, too
  const areas = all(main, ":scope > .area");
  const cases = new Map(all(main, ":scope > article").map((one) => [one.id, one])); // and findings
  const more = document.getElementById("more");
  const several = "differ" in form.elements;
  let list = "matrix"; // the address of the last list
  let rows = []; // what that list shows, by id

  // The address: #VIEW?NAME=VALUE&..., where a view is matrix, all, an area or a behaviour.
  const address = () => {
    const [path, query] = location.hash.slice(1).split("?");
    let view = path;
    try { view = decodeURIComponent(path); } catch { /* as it stands */ }
    return { view, query: new URLSearchParams(query) };
  };

  const show = (views) => {
    for (const one of all(main, ":scope > .here")) one.classList.remove("here");
    for (const one of views) one.classList.add("here");
  };

  // An id as an address, as the page's own links have it.
  const at = (id) => `#${id.replace(/[%?]/g, encodeURIComponent)}`;

  // What a row can be searched by: id, title, and all that is said of the behaviour.
  const words = new WeakMap();
  const id = (row) => row.querySelector("th a").textContent;
  const hay = (row) => {
    if (!words.has(row)) {
      const about = cases.get(id(row))?.querySelector(".facts")?.textContent ?? "";
      words.set(row, `${row.querySelector("th").textContent} ${about}`.toLowerCase());
    }
    return words.get(row);
  };

  const matches = (row, filter) => {
    if (filter.level && row.dataset.level !== filter.level) return false;
    if (filter.verdict || filter.column) {
      const cells = all(row, "td").filter((_, column) => !filter.column || column === filter.column - 1);
      const wanted = (cell) => (filter.verdict ? cell.classList.contains(filter.verdict) : !cell.classList.contains("none"));
      if (!cells.some(wanted)) return false;
    }
    return filter.terms.every((term) => hay(row).includes(term));
  };

  const fill = (view, query) => {
    for (const name of ["q", "verdict", "level", "target"]) {
      if (form.elements[name] && document.activeElement !== form.elements[name]) form.elements[name].value = query.get(name) ?? "";
    }
    form.elements.area.value = areas.some((area) => area.id === view) ? view : "";
    if (several) form.elements.differ.checked = query.get("differ") !== "0";
    // Where they are folded, one sees all the same that some are set.
    const set = ["area", "verdict", "level", "target"].filter((name) => form.elements[name]?.value);
    more.querySelector("span").textContent = set.map((name) => `, ${name} ${form.elements[name].value}`).join("");
  };

  const narrow = (view, query) => {
    const target = query.get("target") ?? "";
    const filter = {
      level: query.get("level") ?? "",
      verdict: query.get("verdict") ?? "",
      column: several ? form.elements.target.selectedIndex : 0,
      terms: (query.get("q") ?? "").toLowerCase().split(/\s+/).filter((term) => term),
    };
    if (target && filter.column < 1) filter.terms.push("\0"); // there is no such target
    const differ = several && query.get("differ") !== "0";
    const chosen = areas.filter((area) => view === "all" || area.id === view);
    let hidden = 0;
    rows = [];
    const shown = chosen.filter((area) => {
      let any = false;
      for (const row of all(area, "tbody tr")) {
        const fits = matches(row, filter);
        const visible = fits && (!differ || row.classList.contains("differs"));
        hidden += fits && !visible ? 1 : 0;
        row.hidden = !visible;
        any ||= visible;
        if (visible) rows.push(id(row));
      }
      area.classList.toggle("among", view === "all");
      return any || view !== "all";
    });
    show(shown);
    const number = rows.length;
    found.textContent = `${number} ${number === 1 ? "behaviour" : "behaviours"}`;
    if (hidden) {
      const rest = document.createElement("button");
      rest.type = "button";
      rest.textContent = `show ${hidden} more on which targets do not differ`;
      rest.addEventListener("click", () => { form.elements.differ.checked = false; go(true); });
      found.append(rest);
    }
    if (!shown.length) show([nothing]);
  };

  // Links to the behaviours before and after one in the last list.
  const beside = (one) => {
    one.querySelector(".path nav")?.remove();
    const here = rows.indexOf(one.id);
    if (here < 0) return;
    const nav = document.createElement("nav");
    nav.ariaLabel = "the last list";
    for (const [name, other] of [["previous", rows[here - 1]], ["next", rows[here + 1]]]) {
      if (!other) continue;
      const link = document.createElement("a");
      link.href = at(other);
      link.textContent = name;
      link.title = other;
      nav.append(link);
    }
    one.querySelector(".path").append(nav);
  };

  const route = () => {
    const { view, query } = address();
    const one = cases.get(view);
    if (one) {
      show([one]);
      found.textContent = "";
      document.title = `${view} - ptyproof`;
      all(one, "details.terminal[open]").forEach(equip);
      beside(one);
    } else if (view === "all" || areas.some((area) => area.id === view)) {
      list = location.hash;
      fill(view, query);
      narrow(view, query);
      document.title = `${view === "all" ? "behaviours" : view} - ptyproof`;
    } else {
      list = "#matrix";
      fill("", new URLSearchParams());
      rows = all(matrix, ".behaviours tbody tr").map(id);
      // A link may be older than the page.
      found.textContent = view && view !== "matrix" ? `nothing here is called ${view}` : "";
      show([matrix]);
      document.title = "matrix - ptyproof";
    }
    scrollTo(0, 0);
  };

  // What the form says, as an address. Typing replaces the address, choosing makes one to go back from.
  const go = (push) => {
    const query = new URLSearchParams();
    for (const name of ["q", "verdict", "level", "target"]) {
      const value = form.elements[name]?.value;
      if (value) query.set(name, value);
    }
    if (several && !form.elements.differ.checked) query.set("differ", "0");
    const text = query.toString();
    const hash = at(form.elements.area.value || "all") + (text && `?${text}`);
    if (hash === location.hash) return;
    if (push) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
    route();
  };

  const walk = (by) => {
    const here = rows.indexOf(address().view);
    const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : here + by;
    if (rows[next]) location.hash = at(rows[next]);
  };

  form.addEventListener("submit", (event) => { event.preventDefault(); go(true); });
  form.elements.q.addEventListener("input", () => go(address().view in { matrix: 0, "": 0 }));
  form.addEventListener("change", (event) => { if (event.target !== form.elements.q) go(true); });
  addEventListener("hashchange", route);
  addEventListener("popstate", route);
  document.querySelector(".skip-link").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
  main.addEventListener("click", (event) => {
    const row = event.target.closest(".behaviours tbody td")?.parentElement;
    if (row) location.hash = at(id(row));
  });
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, select, textarea, .ap-player");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const terminal = main.querySelector(".here details.terminal[open]");
    const press = (which) => terminal?.querySelector(`.controls .${which}`)?.click();
    const does = {
      "/": () => form.elements.q.focus(),
      "?": () => keys.showModal(),
      j: () => walk(1),
      k: () => walk(-1),
      u: () => { location.hash = cases.has(address().view) ? list : "matrix"; },
      p: () => press("play"),
      s: () => press("step"),
    }[event.key];
    if (does) { event.preventDefault(); does(); }
  });

  // Terminals. The bytes are read back from the page, so that they are there once only.
  const unescaped = (text) => {
    const bytes = [];
    const short = { n: 10, r: 13, t: 9, "\\": 92 };
    for (let at = 0; at < text.length; at++) {
      if (text[at] !== "\\") bytes.push(text.charCodeAt(at));
      else if (text[++at] === "x") { bytes.push(parseInt(text.slice(at + 1, at + 3), 16)); at += 2; }
      else bytes.push(short[text[at]] ?? 63);
    }
    return new Uint8Array(bytes);
  };

  const PACES = { "piece by piece": 0, "1000 times slower": 1000, "100 times slower": 100, "10 times slower": 10, "as fast as it was": 1 };
  const A_PIECE = 0.7; // seconds

  const equip = (details) => {
    if (details.querySelector(".controls")) return;
    const beside = details.querySelector(".beside");
    const still = details.querySelector(".still");
    const list = details.querySelector(".bytes");
    const decoder = new TextDecoder();
    const pieces = all(list, "li").map((item) => {
      const text = all(item, "code").map((code) => code.textContent).join("");
      const kind = item.className;
      return { item, kind, at: Number(item.querySelector("time").textContent) / 1000, bytes: unescaped(text), text };
    });
    const [width, height] = still.dataset.size.split("x").map(Number);
    const controls = document.createElement("div");
    controls.className = "controls";
    const button = (name, text) => {
      const one = document.createElement("button");
      one.type = "button";
      one.className = name;
      one.textContent = text;
      controls.append(one);
      return one;
    };
    const play = button("play", "play");
    const step = button("step", "next piece");
    const label = document.createElement("label");
    const pace = document.createElement("select");
    for (const name of Object.keys(PACES)) pace.add(new Option(name));
    label.append("pace", pace);
    controls.append(label);
    beside.prepend(controls);

    let player; // made when it is asked for
    let times = [];
    let playing = false;
    let wanted = -1; // the piece that was asked for last

    const recording = () => {
      const slower = PACES[pace.value];
      times = pieces.map((piece, index) => (slower ? piece.at * slower : (index + 1) * A_PIECE));
      let [columns, rows] = [width, height];
      const events = pieces.map((piece, index) => {
        if (piece.kind === "received") return [times[index], "o", decoder.decode(piece.bytes, { stream: true })];
        if (piece.kind === "typed") return [times[index], "i", new TextDecoder().decode(piece.bytes)];
        const size = /^size set to (\d+) rows x (\d+) columns/.exec(piece.text);
        if (!size) return [times[index], "m", piece.text];
        if (index === 0) [rows, columns] = [Number(size[1]), Number(size[2])];
        return [times[index], "r", `${size[2]}x${size[1]}`];
      });
      events.push([(times.at(-1) ?? 0) + 0.5, "o", decoder.decode()]);
      return { columns, rows, cast: [{ version: 2, width: columns, height: rows }, ...events] };
    };

    const mark = (index) => {
      for (const [number, piece] of pieces.entries()) piece.item.classList.toggle("now", number === index);
      const item = pieces[index]?.item;
      if (item) list.scrollTop = Math.max(0, item.offsetTop - list.offsetTop - list.clientHeight / 2);
    };
    const follow = () => {
      if (!playing) return;
      const now = player.getCurrentTime();
      mark(times.findLastIndex((time) => time <= now));
      requestAnimationFrame(follow);
    };
    const state = (runs) => {
      playing = runs;
      play.textContent = runs ? "pause" : "play";
      if (runs) requestAnimationFrame(follow);
    };

    const make = () => {
      if (player) return player;
      const screen = document.createElement("div");
      screen.className = "screen";
      still.replaceWith(screen);
      const { columns, rows, cast } = recording();
      player = AsciinemaPlayer.create(
        { data: cast, minFrameTime: 0.001 }, // with 0 it would never come to an end
        screen,
        { cols: columns, rows, fit: "both", controls: true, keystrokeOverlay: true, preload: true,
          terminalFontFamily: "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" },
      );
      player.addEventListener("playing", () => state(true));
      player.addEventListener("pause", () => state(false));
      player.addEventListener("ended", () => { state(false); mark(pieces.length - 1); wanted = pieces.length - 1; });
      details.dataset.player = "made";
      return player;
    };
    const seek = async (index) => {
      make();
      wanted = index;
      if (playing) await player.pause();
      await player.seek((times[index] ?? 0) + 0.0001);
      mark(index);
    };

    play.addEventListener("click", () => { make(); if (playing) player.pause(); else player.play(); });
    step.addEventListener("click", () => {
      if (player && playing) wanted = times.findLastIndex((time) => time <= player.getCurrentTime());
      seek((wanted + 1) % pieces.length);
    });
    pieces.forEach((piece, index) => piece.item.addEventListener("click", () => seek(index)));
    pace.addEventListener("change", () => {
      if (!player) return;
      const screen = details.querySelector(".screen");
      player.dispose();
      player = undefined;
      screen.replaceWith(still);
      state(false);
      wanted = -1;
      make();
    });
  };
  main.addEventListener("toggle", (event) => {
    if (event.target.matches("details.terminal") && event.target.open) equip(event.target);
  }, true);

  // On a wide screen there is room for all filters.
  const wide = matchMedia("(min-width: 64.01rem)");
  const fold = () => { more.open = wide.matches; };
  wide.addEventListener("change", fold);
  fold();

  document.documentElement.classList.add("scripted");
  form.hidden = false;
  route();
})();
