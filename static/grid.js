"use strict";
// The entry grid: moving, typing, blocks, undo. Verdicts, counts and warnings come from the server, never from here.
(() => {
  const $ = (id) => document.getElementById(id);
  const settings = JSON.parse($("grid-settings").textContent);
  const grid = $("grid"), frame = $("frame"), input = $("input"), about = $("about"), said = $("said"), problems = $("problems");
  const rows = [...grid.tBodies[0].rows].map((tr) => [...tr.cells].slice(1));
  const heads = [...grid.tBodies[0].rows].map((tr) => tr.cells[0]);
  const byId = new Map();
  rows.forEach((tds, r) => tds.forEach((td, c) => {
    Object.assign(td, { r, c, server: td.textContent, fixed: td.dataset.status === "locked", canon: {} });
    byId.set(`${td.dataset.commune}|${td.dataset.indicator}`, td);
  }));
  const editable = !input.readOnly;
  let at = { r: 0, c: 0 }, from = { r: 0, c: 0 }, mode = "move", run = null, leaving = false;
  const past = [], future = [];

  // ---- the queue tells what became of cells -------------------------------------------------------------------
  const queue = new ntm.Queue(settings, {
    render: (item) => { const td = byId.get(`${item.commune}|${item.key}`); if (td) draw(td); later(review); },
    status() { if (!due.has(status)) status(); later(status); },
    saved(cell, typed) {
      const td = byId.get(`${cell.commune}|${cell.key}`);
      if (!td) return;
      td.canon[typed] = cell.text;
      td.server = cell.text;
      if (cell.verdict) td.dataset.verdict = cell.verdict;
      draw(td);
    },
    communes(found) { for (const [code, news] of Object.entries(found || {})) commune(code, news); later(review); describe(); },
    askReason: (count) => askReason(count),
    signIn: () => signIn(),
    stopped: (text) => { said.textContent = text; status(); },
    full: () => { said.textContent = "Bộ nhớ của trình duyệt đã đầy: hãy chờ các ô được gửi rồi gõ tiếp."; },
  });
  const due = new Set();
  function later(task) {
    if (due.has(task)) return;
    due.add(task);
    setTimeout(() => { due.delete(task); task(); }, 30);
  }

  const item = (td) => queue.get(td.dataset.commune, td.dataset.indicator);
  const shown = (td) => { const typed = item(td); return typed ? typed.value : td.server; };
  const DRAWN = { held: "waiting", reason: "waiting", sending: "sending", waiting: "waiting" };
  function draw(td) {
    const typed = item(td);
    if (td.textContent !== shown(td)) td.textContent = shown(td);
    const state = typed ? DRAWN[typed.state] || typed.state : td.fixed ? "locked" : "saved";
    td.dataset.status = state;
    td.toggleAttribute("data-held", !!typed && typed.state === "held");
    td.toggleAttribute("aria-invalid", state === "invalid");
    td.title = typed ? typed.message || "" : td.dataset.warning || "";
    if (td === here()) describe();
  }

  // What the server says of a commune: its count, derived cells, warnings.
  function commune(code, news) {
    const r = heads.findIndex((th) => th.dataset.code === code);
    if (r < 0) return;
    heads[r].querySelector("[data-met]").textContent = news.met;
    for (const td of rows[r]) {
      const derived = news.derived[td.dataset.indicator];
      if (derived && !item(td)) { td.server = derived.text; td.dataset.verdict = derived.verdict; }
      const warning = news.warnings[td.dataset.indicator];
      if (warning) td.dataset.warning = warning; else delete td.dataset.warning;
      draw(td);
    }
    heads[r].querySelector("[data-filled]").textContent =
      rows[r].filter((td) => !columnLocked(td.c) && td.server !== "").length;
  }
  const locks = settings.columns.map((column, c) => rows.every((tds) => tds[c].fixed) && rows.some((tds) => !tds.every((td) => td.fixed)));
  const columnLocked = (c) => locks[c];

  // ---- where we are -------------------------------------------------------------------------------------------
  const here = () => rows[at.r] && rows[at.r][at.c];
  const clamp = (n, size) => Math.max(0, Math.min(n, size - 1));
  function box() {
    return { r0: Math.min(at.r, from.r), r1: Math.max(at.r, from.r), c0: Math.min(at.c, from.c), c1: Math.max(at.c, from.c) };
  }
  function block() {
    const { r0, r1, c0, c1 } = box();
    return rows.slice(r0, r1 + 1).map((tds) => tds.slice(c0, c1 + 1));
  }
  function go(r, c, extend = false) {
    for (const td of grid.querySelectorAll("td.in, td.at")) { td.classList.remove("in", "at"); td.removeAttribute("aria-selected"); td.removeAttribute("id"); }
    heads[at.r].parentNode.classList.remove("here");
    at = { r: clamp(r, rows.length), c: clamp(c, rows[0].length) };
    if (!extend) from = { ...at };
    for (const tds of block()) for (const td of tds) { td.classList.add("in"); td.setAttribute("aria-selected", "true"); }
    const td = here();
    td.classList.add("at");
    td.id = "here";
    input.setAttribute("aria-activedescendant", "here");
    heads[at.r].parentNode.classList.add("here");
    td.scrollIntoView({ block: "nearest", inline: "nearest" });
    place(td);
    describe();
  }
  function place(td) {
    const a = td.getBoundingClientRect(), b = frame.getBoundingClientRect();
    input.style.setProperty("left", `${a.left - b.left + frame.scrollLeft - 1}px`);
    input.style.setProperty("top", `${a.top - b.top + frame.scrollTop - 1}px`);
    if (mode !== "move") { input.style.setProperty("width", `${Math.max(a.width, 90)}px`); input.style.setProperty("height", `${a.height}px`); }
  }
  const STATES = {
    saved: "đã lưu", sending: "đang gửi", waiting: "chờ gửi", invalid: "chưa hợp lệ", conflict: "người khác vừa sửa", locked: "khóa",
  };
  const VERDICTS = { met: "đạt", not_met: "chưa đạt", not_applicable: "không xét", unknown: "chưa có kết luận" };
  function describe() {
    const td = here(), column = settings.columns[at.c], name = heads[at.r].querySelector("a").textContent;
    const parts = [`${name} · ${column.heading === column.key ? `${column.key} ` : ""}${column.title}`];
    if (column.need) parts.push(`Mức: ${column.need}, ${column.basis}`);
    if (td.dataset.last) parts.push(`Năm trước: ${td.dataset.last}`);
    const typed = item(td);
    if (typed && typed.state === "held") parts.push("Chép từ năm trước, chưa xác nhận (Enter hoặc F7)");
    else parts.push(`${td.dataset.verdict && !typed ? `${VERDICTS[td.dataset.verdict]}, ` : ""}${STATES[td.dataset.status]}`);
    if (typed && typed.message) parts.push(typed.message);
    if (!typed && td.dataset.warning) parts.push(`⚠ ${td.dataset.warning} (F8: chấp nhận)`);
    about.textContent = parts.join(" · ");
    input.setAttribute("aria-label", `${name}, ${column.heading} ${column.title}: ${shown(td) || "trống"}, ${STATES[td.dataset.status]}`);
    const button = document.querySelector("[data-do=acceptWarning]");
    if (button) button.hidden = !(td.dataset.warning && !typed);
  }

  // ---- changing cells -----------------------------------------------------------------------------------------
  function change(list, { held = false, keep = true } = {}) {
    const done = [];
    let locked = 0;
    for (const [td, text] of list) {
      const before = shown(td);
      if (td.fixed) { locked += 1; continue; }
      if (before === text && !(item(td) && item(td).state === "held")) continue;
      done.push({ td, before, after: text });
      queue.put(td.dataset.commune, td.dataset.indicator, td.server, text, held);
    }
    if (keep && done.length) { past.push(done); if (past.length > 300) past.shift(); future.length = 0; }
    if (locked) said.textContent = `Bỏ qua ${locked} ô khóa.`;
    return done.length;
  }
  function step(stack, other, to, was) {
    const done = stack.pop();
    if (!done) return;
    // Only what is still ours: a cell that shows something else by now was changed by somebody else, or chosen to be theirs.
    const mine = done.filter((d) => [d[was], d.td.canon[d[was]]].includes(shown(d.td)));
    change(mine.map((d) => [d.td, d[to]]), { keep: false });
    other.push(done);
    said.textContent = mine.length < done.length ? `${done.length - mine.length} ô đã do người khác sửa, giữ nguyên.` : `Đã đổi lại ${mine.length} ô.`;
  }
  const doing = {
    undo: () => step(past, future, "before", "after"),
    redo: () => step(future, past, "after", "before"),
    nextEmpty() {
      const width = rows[0].length, total = rows.length * width;
      for (let n = 1; n <= total; n += 1) {
        const i = (at.r * width + at.c + n) % total, td = rows[Math.floor(i / width)][i % width];
        if (!td.fixed && shown(td) === "") return go(td.r, td.c);
      }
      said.textContent = "Không còn ô trống.";
    },
    lastCell: () => likeLastYear(block().flat(), true),
    lastRow: () => likeLastYear(rows[at.r]),
    lastColumn: () => likeLastYear(rows.map((tds) => tds[at.c])),
    confirmHeld() {
      const chosen = block().flat().map(item).filter((found) => found && found.state === "held");
      for (const found of chosen.length ? chosen : queue.in("held")) queue.confirm(found);
    },
    async acceptWarning() {
      const td = here();
      if (!td.dataset.warning) return;
      const answer = await queue.post(settings.accept, { cells: [{ commune: td.dataset.commune, key: td.dataset.indicator }] }).catch(() => null);
      if (answer && answer.ok) { delete td.dataset.warning; draw(td); } else said.textContent = "Chưa ghi được, hãy thử lại.";
    },
  };
  function likeLastYear(tds, replace = false) {
    const count = change(tds.filter((td) => td.dataset.last && (replace || shown(td) === "")).map((td) => [td, td.dataset.last]), { held: true });
    said.textContent = count ? `Chép ${count} ô từ năm trước: xem lại rồi xác nhận (F7).` : "Không có ô nào để chép.";
  }

  // ---- typing: one hidden textarea keeps the focus, so that no first keystroke of an input method is lost ---------
  function open(text, how) {
    if (!editable) return;
    if (here().fixed && !item(here())) { input.value = ""; said.textContent = "Ô này khóa."; return; }
    mode = how;
    input.classList.add("on");
    if (text !== null) input.value = text;
    place(here());
  }
  function shut() {
    mode = "move";
    input.classList.remove("on");
    input.value = "";
    input.style.setProperty("width", "1px");
    input.style.setProperty("height", "1px");
  }
  function commit() {
    if (mode === "move") return;
    const text = input.value.replace(/\s+/g, " ").trim();
    shut();
    change([[here(), text]]);
  }
  function tab(step) {
    if (run === null) run = at.c;
    let { r, c } = at;
    do {
      c += step;
      if (c >= rows[0].length) { c = 0; r += 1; } else if (c < 0) { c = rows[0].length - 1; r -= 1; }
    } while (rows[r] && rows[r][c].fixed);
    if (rows[r]) go(r, c);
  }
  function edge(dr, dc) {
    let { r, c } = at;
    const full = (y, x) => rows[y] && rows[y][x] && shown(rows[y][x]) !== "";
    if (!rows[r + dr] || !rows[r + dr][c + dc]) return [r, c];
    const through = full(r, c) && full(r + dr, c + dc);
    do { r += dr; c += dc; } while (rows[r + dr] && rows[r + dr][c + dc] && (through ? full(r + dr, c + dc) : !full(r, c)));
    return [r, c];
  }
  const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const COMMANDS = { z: "undo", y: "redo" };
  const FUNCTIONS = { F4: "nextEmpty", F6: "lastCell", F7: "confirmHeld", F8: "acceptWarning" };
  input.addEventListener("keydown", (e) => {
    if (e.isComposing || e.keyCode === 229) return;
    const control = e.ctrlKey || e.metaKey, key = e.key;
    if (key !== "Escape" && key !== "Tab") leaving = false;
    if (key === "Tab") { if (leaving) return; e.preventDefault(); commit(); tab(e.shiftKey ? -1 : 1); return; }
    if (key === "Enter") {
      e.preventDefault();
      const held = mode === "move" && item(here()) && item(here()).state === "held";
      if (held) queue.confirm(item(here()));
      commit();
      go(at.r + (e.shiftKey ? -1 : 1), run === null ? at.c : run);
      run = null;
      return;
    }
    if (key === "Escape") {
      if (mode !== "move") { e.preventDefault(); shut(); } else { leaving = true; said.textContent = "Tab: ra khỏi bảng."; }
      return;
    }
    if (mode === "caret") return;
    const arrow = ARROWS[key];
    if (arrow) {
      e.preventDefault();
      commit();
      run = null;
      const [r, c] = control ? edge(...arrow) : [at.r + arrow[0], at.c + arrow[1]];
      return go(r, c, e.shiftKey);
    }
    if (mode === "type") { if (key === "F2") { e.preventDefault(); mode = "caret"; } return; }
    if (key === "Home" || key === "End") { e.preventDefault(); run = null; return go(control ? (key === "Home" ? 0 : rows.length - 1) : at.r, key === "Home" ? 0 : rows[0].length - 1, e.shiftKey); }
    if (key === "PageUp" || key === "PageDown") { e.preventDefault(); return go(at.r + (key === "PageUp" ? -12 : 12), at.c, e.shiftKey); }
    if (key === "F2") { e.preventDefault(); return open(shown(here()), "caret"); }
    if (key === "Delete" || key === "Backspace") { e.preventDefault(); change(block().flat().map((td) => [td, ""])); return; }
    if (FUNCTIONS[key]) { e.preventDefault(); doing[FUNCTIONS[key]](); return; }
    if (!control) return;
    if (COMMANDS[key.toLowerCase()]) { e.preventDefault(); doing[key.toLowerCase() === "z" && e.shiftKey ? "redo" : COMMANDS[key.toLowerCase()]](); }
    if (key === "d") { e.preventDefault(); const b = block(); change(b.slice(1).flatMap((tds) => tds.map((td, n) => [td, shown(b[0][n])]))); }
    if (key === "r") { e.preventDefault(); change(block().flatMap((tds) => tds.slice(1).map((td) => [td, shown(tds[0])]))); }
    if (key === "a") { e.preventDefault(); from = { r: 0, c: 0 }; go(rows.length - 1, rows[0].length - 1, true); }
  });
  input.addEventListener("input", () => { if (mode === "move") { if (input.value.trim()) open(null, "type"); else input.value = ""; } });
  input.addEventListener("compositionstart", () => { if (mode === "move") open(null, "type"); });
  input.addEventListener("blur", () => { commit(); leaving = false; });
  input.addEventListener("copy", copy);
  input.addEventListener("cut", (e) => { if (mode === "move") { copy(e); change(block().flat().map((td) => [td, ""])); } });
  function copy(e) {
    if (mode !== "move") return;
    e.preventDefault();
    ntm.clipboard.write(e.clipboardData, block().map((tds) => tds.map(shown)));
  }
  input.addEventListener("paste", async (e) => {
    if (mode !== "move") return;
    e.preventDefault();
    if (!editable) return;
    const cells = ntm.clipboard.read(e.clipboardData), start = box();
    const one = cells.length === 1 && cells[0].length === 1;
    const targets = one ? block().flat().map((td) => [td, cells[0][0]]) : [];
    let outside = 0;
    if (!one) cells.forEach((line, r) => line.forEach((text, c) => {
      const td = rows[start.r0 + r] && rows[start.r0 + r][start.c0 + c];
      if (td) targets.push([td, text]); else outside += 1;
    }));
    const locked = targets.filter(([td]) => td.fixed).length, count = targets.filter(([td, text]) => !td.fixed && shown(td) !== text).length;
    const aside = [locked && `bỏ qua ${locked} ô khóa`, outside && `${outside} ô nằm ngoài bảng`].filter(Boolean).join(", ");
    if (count > 50 && !(await ask($("paste"), () => { $("paste-text").textContent = `Sẽ thay ${count} ô${aside ? ` (${aside})` : ""}.`; }))) return;
    change(targets);
    said.textContent = `Đã dán ${count} ô${aside ? `; ${aside}` : ""}.`;
    if (!one) { from = { r: start.r0, c: start.c0 }; go(start.r0 + cells.length - 1, start.c0 + Math.max(...cells.map((line) => line.length)) - 1, true); }
  });

  // ---- mouse --------------------------------------------------------------------------------------------------
  let dragging = false;
  grid.addEventListener("mousedown", (e) => {
    const td = e.target.closest("td");
    if (!td || e.button) return;
    e.preventDefault();
    commit();
    run = null;
    dragging = true;
    go(td.r, td.c, e.shiftKey);
    input.focus({ preventScroll: true });
  });
  grid.addEventListener("mouseover", (e) => { const td = e.target.closest("td"); if (dragging && td) go(td.r, td.c, true); });
  addEventListener("mouseup", () => { dragging = false; });
  grid.addEventListener("dblclick", (e) => { if (e.target.closest("td")) open(shown(here()), "caret"); });

  // ---- panels and dialogs -------------------------------------------------------------------------------------
  function ask(dialog, fill) {
    fill();
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((done) => dialog.addEventListener("close", () => { input.focus({ preventScroll: true }); done(dialog.returnValue); }, { once: true }));
  }
  async function askReason(count) {
    const list = $("why-list");
    const answer = await ask($("why"), () => {
      $("why-title").textContent = `Sửa ${count} ô đã duyệt`;
      list.replaceChildren(...settings.reasons.map((text) => new Option(text, text)));
      $("why-text").value = "";
    });
    return answer ? $("why-text").value.trim() || list.value : "";
  }
  async function signIn() {
    for (;;) {
      const answer = await ask($("signin"), () => { $("signin-password").value = ""; });
      if (!answer) { status(); return false; }
      try {
        if (await queue.login($("signin-name").value, $("signin-password").value)) { $("signin-error").textContent = ""; queue.stopped = false; queue.wake(); return true; }
        $("signin-error").textContent = "Tên đăng nhập hoặc mật khẩu không đúng.";
      } catch { $("signin-error").textContent = "Chưa kết nối được máy chủ, hãy thử lại."; }
    }
  }
  function status() {
    const saved = $("saved");
    if (!saved) return;
    const sending = queue.in("sending").length, waiting = queue.in("waiting").length, review_ = queue.in("invalid", "conflict", "locked").length;
    const held = queue.in("held").length;
    const parts = [];
    if (sending) parts.push(`đang gửi ${sending} ô`);
    if (waiting) parts.push(queue.stopped ? `${waiting} ô chờ đăng nhập lại` : queue.offline ? `${waiting} ô chờ mạng` : `${waiting} ô chờ gửi`);
    if (held) parts.push(`${held} ô chép chưa xác nhận`);
    if (review_) parts.push(`${review_} ô cần xem lại`);
    saved.textContent = parts.join(" · ") || "Mọi ô đã lưu";
    saved.classList.toggle("busy", parts.length > 0);
    document.querySelector("[data-do=confirmHeld]").hidden = !held;
    if (queue.stopped && waiting) saved.append(" ", button("Đăng nhập", signIn));
  }
  function button(text, action) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", () => { action(); later(status); review(); });
    return made;
  }
  function review() {
    const list = queue.in("conflict", "invalid", "locked").slice(0, 100);
    problems.hidden = !list.length;
    const ul = document.createElement("ul");
    for (const found of list) {
      const li = document.createElement("li"), td = byId.get(`${found.commune}|${found.key}`);
      const head = td && heads[td.r].querySelector("a").textContent;
      li.append(button(`${head || found.commune}, ${td ? settings.columns[td.c].heading : found.key}`, () => { if (td) { go(td.r, td.c); input.focus(); } }), " ");
      if (found.state === "conflict") {
        li.append(`của tôi “${found.value}”, ${found.by || "người khác"} đã ghi “${found.theirs}” ${found.at} `, button("Giữ của tôi", () => queue.mine(found)), " ",
          button("Lấy của họ", () => { if (td) { td.server = found.theirs; } queue.drop(found); }));
      } else li.append(`“${found.value.slice(0, 60)}”: ${found.message} `, button("Bỏ", () => queue.drop(found)));
      ul.append(li);
    }
    const both = list.filter((found) => found.state === "conflict");
    problems.replaceChildren(ul);
    if (both.length > 1) problems.append(button("Giữ tất cả của tôi", () => both.forEach((found) => queue.mine(found))), " ", button("Lấy tất cả của họ", () => both.forEach((found) => { const td = byId.get(`${found.commune}|${found.key}`); if (td) td.server = found.theirs; queue.drop(found); })));
  }
  for (const made of document.querySelectorAll("[data-do]")) {
    made.addEventListener("click", () => { doing[made.dataset.do](); input.focus({ preventScroll: true }); });
  }
  const jump = $("jump");
  if (jump) {
    const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase().trim();
    jump.addEventListener("input", () => { const r = heads.findIndex((th) => th.dataset.folded.includes(fold(jump.value))); if (jump.value && r >= 0) go(r, at.c); });
    jump.addEventListener("keydown", (e) => { if (e.key === "Enter") { e.preventDefault(); input.focus({ preventScroll: true }); } });
  }

  for (const found of queue.items.values()) { const td = byId.get(`${found.commune}|${found.key}`); if (td) draw(td); }
  const first = rows.flat().find((td) => !td.fixed) || rows[0][0];
  go(first.r, first.c);
  scrollTo(0, 0);
  input.focus({ preventScroll: true });
  queue.plan();
  review();
})();
