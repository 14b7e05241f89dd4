"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Element } = require("./page.js");
const { open } = require("./window.js");

// The page that sends a file (`data-upload`) or writes a preview (`data-once`), with its script.
function page(kind, cookie = "csrftoken=new") {
  const requests = [], gone = [];
  class XMLHttpRequest {
    constructor() {
      this.upload = {};
      this.headers = {};
      requests.push(this);
    }
    open(method, url) { Object.assign(this, { method, url }); }
    setRequestHeader(name, value) { this.headers[name] = value; }
    send(body) { this.body = body; }
    answer(status, response) {
      Object.assign(this, { status, response });
      this.onload();
    }
  }
  const problem = new Element("p"), status = new Element("span"), bar = new Element("progress", { hidden: true });
  const button = new Element("button"), form = new Element("form", { action: "/nhap-excel/" });
  const parts = { button, progress: bar, "[role=status]": status, "[data-write]": button };
  form.querySelector = (query) => (query === "[aria-disabled=true]" ? held()[0] || null : parts[query] || null);
  button.closest = () => form;
  const held = () => (button.attributes["aria-disabled"] === "true" ? [button] : []);
  const document = {
    cookie,
    getElementById: (id) => (id === "upload-problem" ? problem : null),
    querySelectorAll: (query) => (query === `form[data-${kind}]` ? [form] : query.includes("aria-disabled") ? held() : []),
  };
  class FormData extends Map {
    constructor() { super(); }
  }
  const window = open(["upload.js"], {
    document, XMLHttpRequest, FormData,
    location: { assign: (url) => gone.push(url) },
  });
  return { window, form, button, bar, status, problem, requests, gone, submit: (more) => form.hear("submit", more) };
}

test("a file is sent by the script, with the token of now", async () => {
  for (const cookie of ["csrftoken=new", "a=b; __Host-csrftoken=new"]) {
    const { submit, requests } = page("upload", cookie);
    assert.equal((await submit()).prevented, true);
    const [{ method, url, headers, body }] = requests;
    assert.deepEqual([method, url, headers.Accept], ["POST", "/nhap-excel/", "application/json"]);
    assert.equal(body.get("csrfmiddlewaretoken"), "new");
  }
});

test("a second press sends nothing while the first is on its way", async () => {
  const { submit, requests } = page("upload");
  await submit();
  assert.equal((await submit()).prevented, true);
  assert.equal(requests.length, 1);
});

test("the bar shows the part that was sent, then that the file is being checked", async () => {
  const { submit, requests, bar, status } = page("upload");
  await submit();
  assert.deepEqual([status.textContent, bar.hidden], ["Đang gửi tệp…", false]);
  requests[0].upload.onprogress({ lengthComputable: true, loaded: 1, total: 4 });
  assert.equal(bar.value, 0.25);
  requests[0].upload.onload();
  assert.equal(status.textContent, "Đang kiểm tra tệp…");
});

test("a file that can be read leads to its preview", async () => {
  const { submit, requests, gone } = page("upload");
  await submit();
  requests[0].answer(200, { url: "/nhap-excel/3/" });
  assert.deepEqual(gone, ["/nhap-excel/3/"]);
});

test("a refused file is explained in the server's words, and another can be sent", async () => {
  const { submit, requests, problem, button, bar, gone } = page("upload");
  await submit();
  requests[0].answer(400, { error: "Tệp rỗng." });
  assert.deepEqual([problem.textContent, bar.hidden, gone], ["Tệp rỗng.", true, []]);
  assert.equal(button.hasAttribute("aria-disabled"), false);
  await submit();
  assert.equal(problem.textContent, "");
  assert.equal(requests.length, 2);
});

test("an answer that is not the portal's is explained by its status", async () => {
  const words = { 200: "Phiên làm việc đã hết", 403: "Phiên làm việc đã thay đổi", 413: "Tệp quá lớn", 502: "Cổng gặp lỗi" };
  for (const [status, beginning] of Object.entries(words)) {
    const { submit, requests, problem } = page("upload");
    await submit();
    requests[0].answer(Number(status), null);
    assert.ok(problem.textContent.startsWith(beginning), `${status}: ${problem.textContent}`);
  }
});

test("a connection that breaks off is told, whichever way it broke", async () => {
  for (const how of ["onerror", "onabort", "ontimeout"]) {
    const { submit, requests, problem } = page("upload");
    await submit();
    requests[0][how]();
    assert.ok(problem.textContent.startsWith("Không gửi được tệp"), how);
  }
});

test("a preview is written once, by the browser itself", async () => {
  const { submit, status } = page("once");
  assert.equal((await submit()).prevented, false);
  assert.equal(status.textContent, "Đang ghi…");
  assert.equal((await submit()).prevented, true);
});

test("looking at another tab of a preview is no writing", async () => {
  const { submit, button } = page("once");
  const tab = new Element("button");
  tab.setAttribute("formaction", "?loai=loi");
  await submit({ submitter: tab });
  assert.equal(button.hasAttribute("aria-disabled"), false);
});

test("back from the next page the form can be sent again", async () => {
  const { window, submit, button, status, bar } = page("upload");
  await submit();
  window.heard.pageshow();
  assert.deepEqual([button.hasAttribute("aria-disabled"), status.textContent, bar.hidden], [false, "", true]);
});
