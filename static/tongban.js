/* Small comforts; every page works without this file. */
(function () {
  "use strict";

  function release(form) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }

  /* One form is sent once, however often the button is pressed; again after 10 s without an answer. */
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter || form.querySelector("button[type=submit]");
    if (button) button.setAttribute("aria-busy", "true");
    setTimeout(release, 10000, form);
  });

  /* A page that comes back out of the browser's cache can be sent again. */
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach(release);
  });

  /* Keys: data-key="n" on a link, button or field. Off while somebody types; can be switched off for good. */
  const keysOff = () => localStorage.getItem("keys") === "off";

  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  function walkRows(step) {
    const rows = Array.from(document.querySelectorAll("[data-rows] a[data-row], a[data-row]"));
    if (!rows.length) return;
    const here = rows.indexOf(document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, here < 0 ? 0 : here + step))].focus();
  }

  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || keysOff()) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "j" || event.key === "k") {
      walkRows(event.key === "j" ? 1 : -1);
      return;
    }
    const key = CSS.escape(event.key);
    const row = event.target.closest("[data-rows] > *");
    const wanted = (row && row.querySelector('[data-row-key="' + key + '"]'))
      || document.querySelector('[data-key="' + key + '"]');
    if (!wanted) return;
    event.preventDefault();
    /* What takes effect at once is only brought under the hand: a card reader types digits too. */
    if (wanted.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [data-key-focus]")) wanted.focus();
    else wanted.click();
  });

  /* A card reader ends with Enter: in a box with data-next it leads to the next one instead of sending the form. */
  document.addEventListener("keydown", function (event) {
    const box = event.target;
    if (event.key !== "Enter" || event.isComposing || !box.matches("input[data-next]")) return;
    const boxes = Array.from(box.form.elements).filter((each) => each.matches("input:not([type=hidden]), select, textarea"));
    const next = boxes[boxes.indexOf(box) + 1];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  function showKeys() {
    document.documentElement.classList.toggle("keys-off", keysOff());
    document.querySelectorAll("[data-keys-switch]").forEach(function (button) {
      button.hidden = false;
      button.textContent = keysOff() ? "开启快捷键" : "关闭快捷键";
    });
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) window.print();
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent)
        .then(() => { copy.textContent = "已复制"; });
    }
    if (event.target.closest("[data-keys-switch]")) {
      localStorage.setItem("keys", keysOff() ? "on" : "off");
      showKeys();
    }
    const all = event.target.closest("[data-check-all]");
    if (all) {
      (all.form || document).querySelectorAll('input[type=checkbox][name="' + CSS.escape(all.dataset.checkAll) + '"]:not([data-check-apart])')
        .forEach((box) => { box.checked = all.checked; });
    }
  });

  /* A stock phrase goes into its box, where the cursor was; what has been put in is not sent twice. */
  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-phrase-into]");
    const list = button && button.parentElement.querySelector("select");
    if (!list || !list.value) return;
    const box = document.getElementById(button.dataset.phraseInto);
    box.setRangeText(list.selectedOptions[0].textContent, box.selectionStart, box.selectionEnd, "end");
    list.value = "";
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  });

  /* A text box with a limit says how much is left. */
  function countDown(box) {
    if (box.nextElementSibling && box.nextElementSibling.matches(".left")) return;
    const left = document.createElement("p");
    left.className = "hint left";
    const show = () => { left.textContent = "还可输入 " + (box.maxLength - box.value.length) + " 字"; };
    box.addEventListener("input", show);
    box.after(left);
    show();
  }

  /* What is typed while a form's questions are fetched anew stays typed. */
  const ticked = (box) => box.matches("[type=checkbox], [type=radio]");
  const nameOf = (box) => (ticked(box) ? box.name + "=" + box.value : box.name);
  const said = (box) => (ticked(box) ? box.checked : box.value);
  const boxes = (root) => [...root.querySelectorAll("input:not([type=file], [type=hidden]), select, textarea")];
  let asSent = new Map(), since = new Map();
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.target.id === "questions") asSent = new Map(boxes(detail.target).map((box) => [nameOf(box), said(box)]));
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "questions") return;
    since = new Map(boxes(detail.target).filter((box) => said(box) !== asSent.get(nameOf(box))).map((box) => [nameOf(box), said(box)]));
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target.id !== "questions") return;
    boxes(document.getElementById("questions")).filter((box) => since.has(nameOf(box))).forEach((box) => {
      if (ticked(box)) box.checked = since.get(nameOf(box)); else box.value = since.get(nameOf(box));
    });
  });

  // A wall screen has no mouse: Escape leaves it, as its first link does.
  document.addEventListener("keydown", (event) => {
    const way = event.key === "Escape" && document.querySelector("[data-leave]");
    if (way) way.click();
  });

  /* Where the answer follows the typing, a mistake that is being mended is none until it is judged again. */
  document.addEventListener("input", ({ target }) => {
    const field = target.closest("form[hx-get] .field-bad");
    if (!field) return;
    field.classList.remove("field-bad");
    field.querySelectorAll(".error").forEach((found) => found.remove());
    field.querySelectorAll("[aria-invalid]").forEach((found) => found.removeAttribute("aria-invalid"));
    const summary = document.querySelector(".error-summary");
    if (!summary) return;
    summary.querySelectorAll(`a[href="#${target.id}"]`).forEach((found) => found.closest("li").remove());
    if (!summary.querySelector("li")) summary.remove();
  });

  function ready(root) {
    root.querySelectorAll("[data-focus]").forEach((found) => found.focus());
    root.querySelectorAll("[data-with-script]").forEach((found) => { found.hidden = false; });
    root.querySelectorAll("textarea[maxlength]").forEach(countDown);
    showKeys();
  }

  document.addEventListener("DOMContentLoaded", () => ready(document));
  document.addEventListener("htmx:afterSettle", (event) => ready(event.target));
})();
