"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Element } = require("./page.js");
const { open, plain } = require("./window.js");

const IDS = [
  "grid", "frame", "input", "about", "said", "problems", "saved", "why", "why-list", "why-title", "why-text",
  "paste", "paste-text", "signin", "signin-name", "signin-password", "signin-error",
];

// The grid of `rows` of texts (null: a locked cell) with its script and its queue, before a server that is away.
function grid(rows, { last = {}, readOnly = false } = {}) {
  const elements = Object.fromEntries(IDS.map((id) => [id, new Element()]));
  const columns = rows[0].map((_, c) => ({ key: `1.${c + 1}`, heading: `1.${c + 1}`, title: "Đường", basis: "", need: "" }));
  const lines = rows.map((texts, r) => line(texts, r, last));
  Object.assign(elements.grid, { tBodies: [{ rows: lines }], querySelectorAll: () => lines.flatMap((tr) => tr.cells.slice(1)) });
  Object.assign(elements.input, { readOnly });
  Object.assign(elements.paste, { showModal() { this.shown = true; } });
  const settings = { officer: 7, year: 2017, save: "/luu/", accept: "/chap-nhan/", login: "/dang-nhap/", reasons: [], columns };
  elements["grid-settings"] = new Element("script", { text: JSON.stringify(settings) });
  const buttons = ["confirmHeld", "lastRow"].map((name) => Object.assign(new Element("button"), { dataset: { do: name } }));
  const window = open(["grid-queue.js", "grid-clipboard.js", "grid.js"], {
    document: {
      cookie: "",
      getElementById: (id) => elements[id] || null,
      querySelector: (query) => buttons.find(({ dataset }) => query === `[data-do=${dataset.do}]`) || null,
      querySelectorAll: (query) => (query === "[data-do]" ? buttons : []),
      createElement: (tag) => new Element(tag),
    },
    fetch: async () => { throw new TypeError("no network"); },
    scrollTo() {},
  });
  const cells = lines.map((tr) => tr.cells.slice(1));
  const found = {
    window, cells, elements, buttons,
    key: (name, more = {}) => elements.input.hear("keydown", { key: name, ...more }),
    keys: async (...names) => { for (const name of names) await found.key(name); },
    // Letters reach the hidden field first, as they do in a browser.
    async type(text) { elements.input.value = text; await elements.input.hear("input"); },
    async paste(text) {
      const clipboardData = { getData: (kind) => (kind === "text/plain" ? text : "") };
      await elements.input.hear("paste", { clipboardData });
    },
    at: () => cells.flatMap((tds, r) => tds.flatMap((td, c) => (td.names.has("at") ? [[r, c]] : [])))[0],
    shown: () => cells.map((tds) => tds.map((td) => td.textContent)),
    kept: () => Object.keys(window.localStorage).map((name) => JSON.parse(window.localStorage.getItem(name)))
      .map(({ key, base, value, state }) => [key, base, value, state]),
  };
  return found;
}

function line(texts, r, last) {
  const code = `0547${r}`, tr = new Element("tr"), counts = {};
  const head = new Element("th", { parentNode: tr });
  head.dataset.code = code;
  const name = new Element("a", { text: `Xã ${r}` });
  head.querySelector = (query) => (query === "a" ? name : (counts[query] ||= new Element()));
  tr.cells = [head, ...texts.map((text, c) => {
    const td = new Element("td", { text: text ?? "" });
    Object.assign(td.dataset, { commune: code, indicator: `1.${c + 1}`, status: text === null ? "locked" : "saved" });
    if (last[`${r},${c}`]) td.dataset.last = last[`${r},${c}`];
    return td;
  })];
  return tr;
}

test("the grid begins at the first cell that is not locked", () => {
  assert.deepEqual(grid([[null, "1"], ["2", "3"]]).at(), [0, 1]);
});

test("arrows move by one cell and stop at the edge", async () => {
  const { keys, at } = grid([["1", "2"], ["3", "4"]]);
  await keys("ArrowRight", "ArrowDown");
  assert.deepEqual(at(), [1, 1]);
  await keys("ArrowRight", "ArrowDown");
  assert.deepEqual(at(), [1, 1]);
});

test("Control and an arrow go to the end of what is filled", async () => {
  const { key, at } = grid([["1"], ["2"], ["3"], [""], [""], ["6"], ["7"]]);
  await key("ArrowDown", { ctrlKey: true });
  assert.deepEqual(at(), [2, 0]);
  await key("ArrowDown", { ctrlKey: true });
  assert.deepEqual(at(), [5, 0]);
});

test("Tab skips locked cells and goes on in the next row", async () => {
  const { keys, at } = grid([["1", null, "2"], [null, "3", "4"]]);
  await keys("Tab");
  assert.deepEqual(at(), [0, 2]);
  await keys("Tab");
  assert.deepEqual(at(), [1, 1]);
});

test("Enter after Tab returns to the column in which the row was begun", async () => {
  const { keys, at } = grid([["1", "2", "3"], ["4", "5", "6"]]);
  await keys("Tab", "Tab", "Enter");
  assert.deepEqual(at(), [1, 0]);
});

test("Escape lets the next Tab leave the grid", async () => {
  const { key, at } = grid([["1", "2"]]);
  await key("Escape");
  assert.equal((await key("Tab")).prevented, false);
  assert.deepEqual(at(), [0, 0]);
});

test("what is typed goes into the cell and on its way, based on what stood", async () => {
  const { type, key, shown, kept, at } = grid([["80"], [""]]);
  await type(" 85 ");
  await key("Enter");
  assert.deepEqual(shown(), [["85"], [""]]);
  assert.deepEqual(kept(), [["1.1", "80", "85", "waiting"]]);
  assert.deepEqual(at(), [1, 0]);
});

test("Escape gives up what is being typed", async () => {
  const { type, key, shown, kept } = grid([["80"]]);
  await type("85");
  await key("Escape");
  await key("Enter");
  assert.deepEqual([shown(), kept()], [[["80"]], []]);
});

test("keys of an input method in the middle of a letter are left to it", async () => {
  const { key, at } = grid([["1"], ["2"]]);
  await key("Enter", { isComposing: true });
  await key("Enter", { keyCode: 229 });
  assert.deepEqual(at(), [0, 0]);
});

test("a locked cell takes nothing, and says so", async () => {
  const { keys, type, key, kept, elements } = grid([["1", null]]);
  await keys("ArrowRight");
  await type("85");
  await key("Enter");
  assert.deepEqual([kept(), elements.said.textContent], [[], "Ô này khóa."]);
});

test("a grid that is only looked at takes nothing", async () => {
  const { type, key, paste, kept } = grid([["1"]], { readOnly: true });
  await type("85");
  await key("Enter");
  await paste("85");
  assert.deepEqual(kept(), []);
});

test("Delete empties the block", async () => {
  const { key, shown } = grid([["1", "2"], ["3", "4"]]);
  await key("ArrowRight", { shiftKey: true });
  await key("Delete");
  assert.deepEqual(shown(), [["", ""], ["3", "4"]]);
});

test("Control+D fills down and Control+R to the right", async () => {
  const down = grid([["1"], ["2"], ["3"]]);
  await down.key("ArrowDown", { shiftKey: true });
  await down.key("d", { ctrlKey: true });
  assert.deepEqual(down.shown(), [["1"], ["1"], ["3"]]);
  const right = grid([["1", "2", "3"]]);
  await right.key("ArrowRight", { shiftKey: true });
  await right.key("r", { ctrlKey: true });
  assert.deepEqual(right.shown(), [["1", "1", "3"]]);
});

test("Control+Z takes a change back and Control+Y makes it again", async () => {
  const { type, key, shown } = grid([["80"], [""]]);
  await type("85");
  await key("Enter");
  await key("z", { ctrlKey: true });
  assert.deepEqual(shown(), [["80"], [""]]);
  await key("y", { ctrlKey: true });
  assert.deepEqual(shown(), [["85"], [""]]);
});

test("taking back leaves a cell alone that somebody else has changed meanwhile", async () => {
  const { window, cells, key, type, shown, elements } = grid([["80"], [""]]);
  const { commune, indicator } = cells[0][0].dataset;
  const theirs = { commune, key: indicator, status: "conflict", text: "90" };
  window.fetch = async () => ({ ok: true, status: 200, json: async () => ({ cells: [theirs], communes: {} }) });
  await type("85");
  await key("Enter");
  await window.clock.pass();
  await window.clock.pass();
  const [button] = [...elements.problems.all()].filter((element) => element.textContent === "Lấy của họ");
  await button.hear("click");
  await key("z", { ctrlKey: true });
  assert.deepEqual(shown(), [["90"], [""]]);
  assert.equal(elements.said.textContent, "1 ô đã do người khác sửa, giữ nguyên.");
});

test("a pasted block fills the cells from here on, and tells what it left out", async () => {
  const { paste, shown, elements } = grid([["", null], ["", ""]]);
  await paste("1\t2\t3\n4\t5\t6");
  assert.deepEqual(shown(), [["1", ""], ["4", "5"]]);
  assert.equal(elements.said.textContent, "Đã dán 3 ô; bỏ qua 1 ô khóa, 2 ô nằm ngoài bảng.");
});

test("one pasted value fills the whole block", async () => {
  const { key, paste, shown } = grid([["", ""], ["", ""]]);
  await key("a", { ctrlKey: true });
  await paste("Đạt");
  assert.deepEqual(shown(), [["Đạt", "Đạt"], ["Đạt", "Đạt"]]);
});

test("more than 50 pasted cells are asked about, and refused change nothing", async () => {
  const { paste, shown, elements } = grid(Array.from({ length: 60 }, () => [""]));
  const pasting = paste(Array(60).fill("1").join("\n"));
  assert.equal(elements["paste-text"].textContent, "Sẽ thay 60 ô.");
  await elements.paste.hear("close");
  await pasting;
  assert.deepEqual(new Set(shown().flat()), new Set([""]));
});

test("figures of last year are copied into empty cells and wait to be confirmed", async () => {
  const { key, shown, kept, window } = grid([["", "7"]], { last: { "0,0": "80", "0,1": "81" } });
  await key("F6");
  assert.deepEqual(shown(), [["80", "7"]]);
  assert.deepEqual(kept(), [["1.1", "", "80", "held"]]);
  await key("F7");
  assert.deepEqual(kept(), [["1.1", "", "80", "waiting"]]);
  await window.clock.pass();
});

test("a row is filled from last year only where it is empty", async () => {
  const { buttons, shown } = grid([["", "7"], ["", ""]], { last: { "0,0": "80", "0,1": "81", "1,0": "82" } });
  await buttons[1].hear("click");
  assert.deepEqual(shown(), [["80", "7"], ["", ""]]);
});

test("F4 goes to the next empty cell, round the end", async () => {
  const { key, keys, at } = grid([["", "1"], [null, "2"]]);
  await keys("ArrowRight");
  await key("F4");
  assert.deepEqual(at(), [0, 0]);
});

test("the count of cells on their way is told in words", async () => {
  const { type, key, elements, window } = grid([["80"], [""]]);
  await window.clock.pass();
  assert.equal(elements.saved.textContent, "Mọi ô đã lưu");
  await type("85");
  await key("Enter");
  await window.clock.pass(100);
  await window.clock.pass(100);
  assert.equal(elements.saved.textContent, "1 ô chờ mạng");
});

test("what the server says of a commune is shown: its count and its derived cells", async () => {
  const { window, cells, type, key, shown } = grid([["80", "", null]]);
  const { commune, indicator } = cells[0][0].dataset;
  const stored = { commune, key: indicator, status: "saved", text: "85", verdict: "met" };
  const news = { met: 12, derived: { "1.3": { text: "3,2", verdict: "met" } }, warnings: { "1.1": "Cao hơn năm trước" } };
  const body = { cells: [stored], communes: { [commune]: news } };
  window.fetch = async () => ({ ok: true, status: 200, json: async () => plain(body) });
  await type("85");
  await key("Enter");
  await window.clock.pass();
  assert.deepEqual(shown(), [["85", "", "3,2"]]);
  assert.deepEqual([cells[0][0].dataset.verdict, cells[0][0].title], ["met", "Cao hơn năm trước"]);
});
