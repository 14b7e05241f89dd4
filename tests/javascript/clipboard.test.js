"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { open, plain } = require("./window.js");

// What is on the clipboard, by kind. The page's parser reads an HTML table; here it is one that a test has made.
function clipboard(kinds, rows = []) {
  const cell = ([textContent, colSpan = 1]) => ({ textContent, colSpan });
  class DOMParser {
    parseFromString() { return { querySelectorAll: () => rows.map((cells) => ({ cells: cells.map(cell) })) }; }
  }
  const data = {
    kinds,
    getData: (kind) => kinds[kind] ?? "",
    setData: (kind, text) => { kinds[kind] = text; },
  };
  return { data, ntm: open(["grid-clipboard.js"], { DOMParser }).ntm };
}

const read = (text) => {
  const { ntm, data } = clipboard({ "text/plain": text });
  return plain(ntm.clipboard.read(data));
};

test("tabs part cells and line breaks part rows, of whatever system", () => {
  assert.deepEqual(read("1\t2\r\n3\t4"), [["1", "2"], ["3", "4"]]);
  assert.deepEqual(read("1\t2\n3\t4"), [["1", "2"], ["3", "4"]]);
  assert.deepEqual(read("1\t2\r3\t4"), [["1", "2"], ["3", "4"]]);
});

test("the line break that Excel puts at the end is no row", () => {
  assert.deepEqual(read("85\t90\r\n"), [["85", "90"]]);
});

test("empty cells and empty rows keep their place", () => {
  assert.deepEqual(read("1\t\t3\n\t\t\n7\t8\t9"), [["1", "", "3"], ["", "", ""], ["7", "8", "9"]]);
  assert.deepEqual(read("1\t"), [["1", ""]]);
});

test("a quoted cell may hold tabs, line breaks and doubled quotes, and stays one cell", () => {
  assert.deepEqual(read('"KXX: chưa\ncó chợ"\t5'), [["KXX: chưa có chợ", "5"]]);
  assert.deepEqual(read('"một\thai"\t5'), [["một hai", "5"]]);
  assert.deepEqual(read('"nói ""được"""\t5'), [['nói "được"', "5"]]);
});

test("a quote inside a cell that is not quoted is a letter like others", () => {
  assert.deepEqual(read('5" ống\t6'), [['5" ống', "6"]]);
});

test("blanks around a cell are not part of it", () => {
  assert.deepEqual(read(" 12,5 \t Đạt"), [["12,5", "Đạt"]]);
});

test("a single word is one cell", () => {
  assert.deepEqual(read("Đạt"), [["Đạt"]]);
});

test("nothing at all is one empty cell, and reading it ends", () => {
  assert.deepEqual(read(""), [[""]]);
});

test("an HTML table is read only where the text tells no cells apart", () => {
  const kinds = { "text/plain": "1 2", "text/html": "<TABLE><tr><td>1</td><td>2</td></tr></TABLE>" };
  const alone = clipboard(kinds, [[["1"], ["2"]]]);
  assert.deepEqual(plain(alone.ntm.clipboard.read(alone.data)), [["1", "2"]]);
  const both = clipboard({ ...kinds, "text/plain": "8\t9" }, [[["1"], ["2"]]]);
  assert.deepEqual(plain(both.ntm.clipboard.read(both.data)), [["8", "9"]]);
});

test("a cell of an HTML table that spans columns keeps the others in their place", () => {
  const { ntm } = clipboard({}, [[["  Xã\n Bình Yên ", 3], ["5"]]]);
  assert.deepEqual(plain(ntm.clipboard.fromHtml("")), [["Xã Bình Yên", "", "", "5"]]);
});

test("what is copied comes back as it was", () => {
  const rows = [["12,5", "KXX: chưa\tcó"], ['nói "được"', ""]];
  const { ntm, data } = clipboard({});
  ntm.clipboard.write(data, rows);
  assert.deepEqual(plain(ntm.clipboard.read(data)), [["12,5", "KXX: chưa có"], ['nói "được"', ""]]);
});

test("the table that is copied cannot carry markup into another program", () => {
  const { ntm, data } = clipboard({});
  ntm.clipboard.write(data, [["<b>&</b>"]]);
  assert.equal(data.kinds["text/html"], "<table><tr><td>&lt;b&gt;&amp;&lt;/b&gt;</td></tr></table>");
});
