// Copying, and a key for what is next. Each page works whole without it: what only it can do is hidden until then.
//
// <button type="button" data-copy="#letter" hidden>Copy</button><span role="status"></span>
//   copies what #letter shows, or what is typed into it. templates/copying.html writes both.
// data-next on a link or button: from it, the down and up arrows lead to the next and the one before.

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false
  button.addEventListener("click", () => copy(button))
}

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const from = event.target
  if (!step || !from.matches("[data-next]") || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
  const all = [...document.querySelectorAll("[data-next]")].filter((each) => each.getClientRects().length)
  const to = all[all.indexOf(from) + step]
  if (!to) return
  event.preventDefault()
  to.focus()
})

async function copy(button) {
  const from = document.querySelector(button.dataset.copy)
  const says = button.nextElementSibling
  says.textContent = ""
  try {
    await navigator.clipboard.writeText("value" in from ? from.value : from.innerText)
    says.textContent = says.dataset.copied
  } catch {
    mark(from)
    says.textContent = says.dataset.byHand
  }
}

function mark(from) {
  if ("select" in from) {
    from.select()
  } else {
    getSelection().selectAllChildren(from)
  }
}
