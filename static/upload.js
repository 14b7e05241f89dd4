"use strict";
// A file on its way to the preview, with progress; and a form that is sent once. Without this script both forms work as
// they are: the browser sends them and shows the page that comes back.
(() => {
  const SENDING = "Đang gửi tệp…";
  const CHECKING = "Đang kiểm tra tệp…";
  const OPENING = "Đã kiểm tra xong, đang mở trang xem trước…";
  const WAIT = 5 * 60_000;
  const WRONG = {
    200: "Phiên làm việc đã hết, tệp chưa được nhận. Hãy đăng nhập lại ở thẻ khác của trình duyệt rồi bấm “Xem trước” lần nữa.",
    403: "Phiên làm việc đã thay đổi, tệp chưa được nhận. Hãy tải lại trang rồi gửi lại.",
    413: "Tệp quá lớn, máy chủ không nhận. Hãy chọn tệp không quá 5 MB.",
    0: "Không gửi được tệp: mất kết nối, hoặc tệp vừa được sửa sau khi chọn. Hãy kiểm tra mạng, chọn lại tệp rồi gửi lại.",
  };
  const FAILED = "Cổng gặp lỗi khi kiểm tra tệp, chưa có gì được ghi. Hãy thử lại sau ít phút.";

  // The token of now: signing in again on another tab gave out a new one.
  const token = () => /(?:^|; )(?:__Host-)?csrftoken=([^;]*)/.exec(document.cookie)?.[1];

  function hold(button, busy) {
    if (busy) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }

  function send(form) {
    const [button, bar] = [form.querySelector("button"), form.querySelector("progress")];
    const [status, problem] = [form.querySelector("[role=status]"), document.getElementById("upload-problem")];
    const request = new XMLHttpRequest();
    const show = (text, busy) => {
      status.textContent = text;
      bar.hidden = !busy;
      hold(button, busy);
    };
    const fail = (text) => {
      show("", false);
      problem.textContent = text;
    };
    const body = new FormData(form);
    if (token()) body.set("csrfmiddlewaretoken", token());
    request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
    request.upload.onload = () => {
      bar.removeAttribute("value");
      show(CHECKING, true);
    };
    request.onload = () => {
      const { url, error } = request.response || {};
      if (!url) return fail(error || WRONG[request.status] || FAILED);
      show(OPENING, true);
      location.assign(url);
    };
    request.onerror = request.onabort = request.ontimeout = () => fail(WRONG[0]);
    request.open("POST", form.action);
    request.responseType = "json";
    request.timeout = WAIT;
    request.setRequestHeader("Accept", "application/json");
    problem.textContent = "";
    bar.value = 0;
    show(SENDING, true);
    request.send(body);
  }

  const busy = (form) => form.querySelector("[aria-disabled=true]");

  for (const form of document.querySelectorAll("form[data-upload]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!busy(form)) send(form);
    });
  }
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (busy(form)) return event.preventDefault();
      if (event.submitter?.hasAttribute("formaction")) return; // another tab of the same preview
      form.querySelector("[role=status]").textContent = "Đang ghi…";
      hold(form.querySelector("[data-write]"), true);
    });
  }
  // Back from a page that came after: the browser may show this one as it was left.
  addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("form [aria-disabled=true]")) {
      hold(button, false);
      const form = button.closest("form");
      form.querySelector("[role=status]").textContent = "";
      const bar = form.querySelector("progress");
      if (bar) bar.hidden = true;
    }
  });
})();
