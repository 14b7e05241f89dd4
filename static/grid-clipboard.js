"use strict";
// Blocks of cells from and to Excel and LibreOffice: text with tabs, or the table of an HTML fragment.
window.ntm = window.ntm || {};

ntm.clipboard = {
  // The rows of what is pasted, as text.
  read(data) {
    const text = data.getData("text/plain");
    const html = data.getData("text/html");
    if (!/[\t\n]/.test(text) && /<table/i.test(html)) return this.fromHtml(html);
    return this.fromText(text);
  },

  // Tab-separated text; a cell with tabs, line breaks or quotes in it is quoted, its quotes doubled.
  fromText(text) {
    const rows = [[]];
    const cell = /(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\r|\n|$)/y;
    const body = text.replace(/(\r\n|\r|\n)$/, "");
    for (let at = 0; at <= body.length; ) {
      cell.lastIndex = at;
      const found = cell.exec(body);
      const value = found[1] === undefined ? found[2] : found[1].replace(/""/g, '"').replace(/\s+/g, " ");
      rows[rows.length - 1].push(value.trim());
      at = cell.lastIndex;
      if (found[3] === "") break;
      if (found[3] !== "\t") rows.push([]);
    }
    return rows;
  },

  fromHtml(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    return [...page.querySelectorAll("tr")].map((row) =>
      [...row.cells].flatMap((cell) => [cell.textContent.replace(/\s+/g, " ").trim(), ...Array(cell.colSpan - 1).fill("")]));
  },

  write(data, rows) {
    const quoted = (text) => (/[\t\n"]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
    const safe = (text) => text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]);
    data.setData("text/plain", rows.map((row) => row.map(quoted).join("\t")).join("\n"));
    const cells = rows.map((row) => `<tr>${row.map((text) => `<td>${safe(text)}</td>`).join("")}</tr>`);
    data.setData("text/html", `<table>${cells.join("")}</table>`);
  },
};
