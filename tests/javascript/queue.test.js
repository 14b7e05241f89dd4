"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Storage, open, plain } = require("./window.js");

const SETTINGS = { officer: 7, year: 2017, save: "/luu/", login: "/dang-nhap/" };

// A queue in a window of its own. `server`: what the server answers to a request, or throws when it is away.
function queue({ server = () => saved([]), kept = new Storage(), hooks = {}, cookie = "csrftoken=abc" } = {}) {
  const asked = [];
  const told = { rendered: [], saved: [], communes: [] };
  const window = open(["grid-queue.js"], {
    localStorage: kept,
    document: { cookie },
    async fetch(url, options = {}) {
      asked.push({ url, ...options, body: typeof options.body === "string" ? JSON.parse(options.body) : options.body });
      return server(asked.at(-1), asked.length);
    },
  });
  const made = new window.ntm.Queue(SETTINGS, {
    render: (item) => told.rendered.push(item.state),
    status() {},
    saved: (cell, typed) => told.saved.push([cell.text, typed]),
    communes: (found) => told.communes.push(found),
    askReason: async () => "",
    signIn: async () => false,
    stopped: (text) => { told.stopped = text; },
    full: () => { told.full = true; },
    ...hooks,
  });
  return { made, asked, told, kept, window, pass: () => window.clock.pass(), delay: () => window.clock.delay };
}

const answer = (status, body) => ({ ok: status === 200, status, url: "", json: async () => body });
const saved = (cells) => answer(200, { cells, communes: {} });
const cell = (key, status, text, more = {}) => ({ commune: "05479", key, status, text, ...more });
const echo = ({ body }) => saved(body.cells.map(({ key, value }) => cell(key, "saved", value)));
const away = () => { throw new TypeError("no network"); };

test("a typed cell is sent with what it was based on, and by whom", async () => {
  const { made, asked, pass } = queue({ server: echo });
  made.put("05479", "1.1", "80", "85");
  await pass();
  assert.deepEqual(asked.map(({ url, body }) => [url, body]), [
    ["/luu/", { officer: 7, reason: "", cells: [{ commune: "05479", key: "1.1", base: "80", value: "85" }] }],
  ]);
});

test("the request carries the token of the cookie, with and without its prefix", async () => {
  for (const cookie of ["csrftoken=abc", "x=1; __Host-csrftoken=abc", "csrftoken=abc; y=2"]) {
    const { made, asked, pass } = queue({ server: echo, cookie });
    made.put("05479", "1.1", "", "85");
    await pass();
    assert.equal(asked[0].headers["X-CSRFToken"], "abc", cookie);
  }
});

test("a cell is kept in the browser until the server has stored it", async () => {
  const { made, kept, pass } = queue({ server: echo });
  made.put("05479", "1.1", "80", "85");
  assert.equal(JSON.parse(kept.getItem("ntm:7:2017:05479|1.1")).value, "85");
  await pass();
  assert.deepEqual(Object.keys(kept), []);
  assert.equal(made.get("05479", "1.1"), undefined);
});

test("what was kept is sent by the next page, also what was on its way", async () => {
  const kept = new Storage();
  kept.setItem("ntm:7:2017:05479|1.1", JSON.stringify({
    commune: "05479", key: "1.1", base: "80", value: "85", state: "sending", version: 1,
  }));
  const { made, asked, pass } = queue({ server: echo, kept });
  made.plan();
  await pass();
  assert.equal(asked[0].body.cells[0].value, "85");
});

test("cells of another officer or year are left alone", () => {
  const kept = new Storage();
  for (const prefix of ["ntm:8:2017:", "ntm:7:2018:", "theme"]) kept.setItem(`${prefix}05479|1.1`, "{}");
  assert.equal(queue({ kept }).made.items.size, 0);
});

test("a broken entry of the browser's store does not stop the page", () => {
  const kept = new Storage();
  kept.setItem("ntm:7:2017:05479|1.1", "{");
  assert.equal(queue({ kept }).made.items.size, 0);
});

test("a store that is full is told, and the cell is sent all the same", async () => {
  class Full extends Storage {
    setItem() { throw new Error("QuotaExceededError"); }
  }
  const { made, told, asked, pass } = queue({ server: echo, kept: new Full() });
  made.put("05479", "1.1", "", "85");
  assert.equal(told.full, true);
  await pass();
  assert.equal(asked.length, 1);
});

test("typing back what stood sends nothing", async () => {
  const { made, asked, kept, pass } = queue();
  made.put("05479", "1.1", "80", "85");
  made.put("05479", "1.1", "80", "80");
  await pass();
  assert.deepEqual([asked, Object.keys(kept)], [[], []]);
});

test("a cell typed twice keeps the base of the first time", async () => {
  const { made, asked, pass } = queue({ server: echo });
  made.put("05479", "1.1", "80", "85");
  made.put("05479", "1.1", "85", "86");
  await pass();
  assert.deepEqual(asked[0].body.cells, [{ commune: "05479", key: "1.1", base: "80", value: "86" }]);
});

test("a cell typed while it is on its way is sent again, based on what was stored", async () => {
  const { made, asked, pass } = queue({
    server(request, count) {
      if (count === 1) made.put("05479", "1.1", "80", "86");
      return echo(request);
    },
  });
  made.put("05479", "1.1", "80", "85");
  await pass();
  await pass();
  const sent = asked.map(({ body }) => [body.cells[0].base, body.cells[0].value]);
  assert.deepEqual(sent, [["80", "85"], ["85", "86"]]);
  assert.equal(made.items.size, 0);
});

test("a held cell waits for its confirmation", async () => {
  const { made, asked, pass } = queue({ server: echo });
  made.put("05479", "1.1", "", "85", true);
  await pass();
  assert.equal(asked.length, 0);
  made.confirm(made.get("05479", "1.1"));
  await pass();
  assert.equal(asked[0].body.cells[0].value, "85");
});

test("one save carries 2.000 cells, the rest follow", async () => {
  const { made, asked, pass } = queue({ server: echo });
  for (let n = 0; n < 2001; n += 1) made.put("05479", `1.${n}`, "", "1");
  await pass();
  await pass();
  assert.deepEqual(asked.map(({ body }) => body.cells.length), [2000, 1]);
});

test("without a network the cells wait, and each try waits longer, to 15 seconds at most", async () => {
  const { made, delay, pass } = queue({ server: away });
  made.put("05479", "1.1", "", "85");
  const waits = [];
  for (let n = 0; n < 7; n += 1) {
    await pass();
    waits.push(delay());
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 15000, 15000, 15000]);
  assert.deepEqual([made.offline, made.get("05479", "1.1").state], [true, "waiting"]);
});

test("the browser's word that the network is back sends at once", async () => {
  let there = false;
  const { made, window, delay, pass } = queue({ server: (request) => (there ? echo(request) : away()) });
  made.put("05479", "1.1", "", "85");
  await pass();
  there = true;
  window.heard.online();
  assert.equal(delay(), 60);
  await pass();
  assert.equal(made.items.size, 0);
});

test("once a save came through, the next one is not kept waiting", async () => {
  const { made, delay, pass } = queue({ server: (request, count) => (count === 1 ? away() : echo(request)) });
  made.put("05479", "1.1", "", "85");
  await pass();
  await pass();
  made.put("05479", "1.1", "85", "86");
  assert.equal(delay(), 60);
});

test("an answer that breaks off counts as lost: the cells are sent again", async () => {
  const broken = { ok: true, status: 200, json: async () => { throw new SyntaxError("cut off"); } };
  const { made, asked, pass } = queue({ server: (request, count) => (count === 1 ? broken : echo(request)) });
  made.put("05479", "1.1", "80", "85");
  await pass();
  await pass();
  assert.equal(asked.length, 2);
  assert.equal(made.items.size, 0);
});

test("a busy server (503, 429, 500) is asked again and refuses no cell", async () => {
  for (const status of [429, 500, 503]) {
    const { made, pass } = queue({ server: () => answer(status, {}) });
    made.put("05479", "1.1", "", "85");
    await pass();
    assert.equal(made.get("05479", "1.1").state, "waiting", String(status));
  }
});

test("cells that the server cannot take are marked, not sent for ever", async () => {
  const { made, asked, pass } = queue({ server: () => answer(400, {}) });
  made.put("05479", "1.1", "", "85");
  await pass();
  await pass();
  assert.deepEqual([made.get("05479", "1.1").state, asked.length], ["invalid", 1]);
});

test("another officer who has signed in meanwhile stops the sending", async () => {
  const { made, asked, told, pass } = queue({ server: () => answer(409, { error: "Người đăng nhập đã đổi." }) });
  made.put("05479", "1.1", "", "85");
  await pass();
  await pass();
  assert.deepEqual([told.stopped, asked.length], ["Người đăng nhập đã đổi.", 1]);
});

test("a session that has ended asks for the password, and a refusal keeps the cells", async () => {
  const { made, asked, pass } = queue({ server: () => answer(401, {}) });
  made.put("05479", "1.1", "", "85");
  await pass();
  await pass();
  assert.deepEqual([made.stopped, asked.length, made.get("05479", "1.1").state], [true, 1, "waiting"]);
});

test("after signing in again the cells are sent", async () => {
  const { made, pass } = queue({
    server: (request, count) => (count === 1 ? answer(401, {}) : echo(request)),
    hooks: { signIn: async () => true },
  });
  made.put("05479", "1.1", "", "85");
  await pass();
  await pass();
  assert.equal(made.items.size, 0);
});

test("an old token is renewed by a page before anybody is asked for a password", async () => {
  let asks = 0;
  const { made, asked, pass } = queue({
    server: (request, count) => (count === 1 ? answer(403, {}) : request.url === "/luu/" ? echo(request) : answer(200, {})),
    hooks: { signIn: async () => { asks += 1; return true; } },
  });
  made.put("05479", "1.1", "", "85");
  await pass();
  await pass();
  assert.deepEqual(asked.map(({ url }) => url), ["/luu/", "/dang-nhap/", "/luu/"]);
  assert.equal(asks, 0);
});

test("signing in sends name, password and token, and fails when the page comes back", async () => {
  const came = { ok: true, url: "/dang-nhap/?next=/" };
  const { made, asked } = queue({ server: () => came });
  assert.equal(await made.login("chuyenvien", "mat khau"), false);
  came.url = "/";
  assert.equal(await made.login("chuyenvien", "mat khau"), true);
  const form = asked[1].body;
  assert.deepEqual(Object.fromEntries(form), { username: "chuyenvien", password: "mat khau", csrfmiddlewaretoken: "abc" });
});

test("a conflict keeps both values and who wrote the other", async () => {
  const theirs = cell("1.1", "conflict", "90", { by: "Nguyễn Thị Hoa", at: "08:00 01/12/2017" });
  const { made, pass } = queue({ server: () => saved([theirs]) });
  made.put("05479", "1.1", "80", "85");
  await pass();
  const { state, value, theirs: other, by, at } = made.get("05479", "1.1");
  assert.deepEqual([state, value, other, by, at], ["conflict", "85", "90", "Nguyễn Thị Hoa", "08:00 01/12/2017"]);
});

test("mine against theirs is sent based on theirs", async () => {
  const answers = [() => saved([cell("1.1", "conflict", "90")]), echo];
  const { made, asked, pass } = queue({ server: (request, count) => answers[count - 1](request) });
  made.put("05479", "1.1", "80", "85");
  await pass();
  made.mine(made.get("05479", "1.1"));
  await pass();
  assert.deepEqual(asked[1].body.cells[0], { commune: "05479", key: "1.1", base: "90", value: "85" });
});

test("a refused cell stays with what is wrong, the others of its save are stored", async () => {
  const { made, pass } = queue({
    server: () => saved([cell("1.1", "invalid", "80", { message: "Không phải số." }), cell("1.2", "saved", "5")]),
  });
  made.put("05479", "1.1", "80", "tám");
  made.put("05479", "1.2", "", "5");
  await pass();
  assert.deepEqual(plain(made.in("invalid").map(({ key, message }) => [key, message])), [["1.1", "Không phải số."]]);
  assert.equal(made.get("05479", "1.2"), undefined);
});

test("the page is told what was stored, as the server writes it", async () => {
  const { made, told, pass } = queue({ server: () => saved([cell("1.1", "saved", "1.250,5")]) });
  made.put("05479", "1.1", "", "1250,50");
  await pass();
  assert.deepEqual(told.saved, [["1.250,5", "1250,50"]]);
  assert.deepEqual(plain(told.communes), [{}]);
});

test("an approved figure is sent again with the reason that was given, once for its commune", async () => {
  let asks = 0;
  const { made, asked, pass } = queue({
    server: (request) => (request.body.reason ? echo(request) : saved([cell("1.1", "reason", "80")])),
    hooks: { askReason: async () => { asks += 1; return "Nhập nhầm"; } },
  });
  made.put("05479", "1.1", "80", "85");
  await pass();
  await pass();
  made.put("05479", "1.2", "", "5");
  await pass();
  assert.deepEqual(asked.map(({ body }) => body.reason), ["", "Nhập nhầm", "Nhập nhầm"]);
  assert.equal(asks, 1);
});

test("an approved figure without a reason stays locked", async () => {
  const { made, asked, pass } = queue({ server: () => saved([cell("1.1", "reason", "80")]) });
  made.put("05479", "1.1", "80", "85");
  await pass();
  await pass();
  assert.deepEqual([made.get("05479", "1.1").state, asked.length], ["locked", 1]);
});

test("cells with different reasons go in saves of their own", async () => {
  const { made, asked, pass } = queue({ server: echo });
  made.reasons["05479"] = "Nhập nhầm";
  made.put("05479", "1.1", "80", "85");
  made.put("05482", "1.1", "80", "85");
  await pass();
  await pass();
  assert.deepEqual(asked.map(({ body }) => [body.reason, body.cells[0].commune]), [["Nhập nhầm", "05479"], ["", "05482"]]);
});

test("one save is on its way at a time", async () => {
  let release;
  const { made, asked, pass } = queue({
    server: (request) => new Promise((done) => { release = () => done(echo(request)); }),
  });
  made.put("05479", "1.1", "", "1");
  await pass();
  made.put("05479", "1.2", "", "2");
  await pass();
  assert.equal(asked.length, 1);
  release();
  await pass();
  await pass();
  assert.equal(asked.length, 2);
});
