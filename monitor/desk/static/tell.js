// “Tell us what you saw”: filled with what somebody shares or had bookmarked, and sent with its progress shown.
// The page works whole without this.
//
// Behind “#” of its address may stand url, words, title and text: no server is sent that, so no log has it. It waits
// in this tab until the form is there. Files that a telephone shared (share.js) wait on it, unopened, until it is said
// that they show no child; else they are deleted.
// <p data-sending data-broken data-too-large data-most> says how far a form with files is; what was typed stays.

const WAITS = "tell", SHARED = "shared", AN_HOUR = 3_600_000

if (location.hash.length > 1) {
  sessionStorage.setItem(WAITS, location.hash.slice(1))
  history.replaceState(null, "", location.pathname + location.search)
}
navigator.serviceWorker?.register(new URL("share.js", import.meta.url), { scope: "/tell/share" }).catch(() => {})
fill()

document.addEventListener("submit", (event) => {
  const form = event.target
  const files = [...(form.elements.file?.files || [])]
  if (!files.length) {
    if (form.elements.url?.type === "text") forget()
    return
  }
  event.preventDefault()
  const says = document.getElementById("sending")
  const size = files.reduce((sum, file) => sum + file.size, 0)
  if (size > Number(says.dataset.most)) return say(says, says.dataset.tooLarge)
  send(form, event.submitter, says)
})

function send(form, button, says) {
  const body = new FormData(form)
  if (button?.name) body.append(button.name, button.value)
  if (button?.name === "to") body.delete("file") // an answer is changed: nothing is handed in
  const line = new XMLHttpRequest()
  const buttons = form.querySelectorAll("button")
  const press = (able) => buttons.forEach((each) => { each.disabled = !able })
  const sent = (part) => say(says, says.dataset.sending.replace("100", Math.floor(part * 100)))
  line.upload.onprogress = (event) => sent(event.loaded / event.total)
  const stay = (words) => { press(true); say(says, words) }
  line.onload = () => {
    const page = line.response?.querySelector("main") // none of a web server's in front
    if (page && ![429, 500].includes(line.status)) return show(line)
    stay(page?.textContent.trim() || says.dataset.broken)
  }
  line.onerror = () => stay(says.dataset.broken)
  line.open("POST", form.action)
  line.responseType = "document"
  line.send(body)
  press(false)
  sent(0)
}

function say(says, words) {
  says.hidden = false
  says.textContent = words
}

async function show(line) {
  const to = new URL(line.responseURL).pathname
  if (to === "/tell/state" || line.status === 201) await forget()
  if (to !== location.pathname) return location.assign(line.responseURL)
  document.documentElement.replaceWith(line.response.documentElement)
  scrollTo(0, 0)
  fill()
}

function forget() {
  sessionStorage.removeItem(WAITS)
  return window.caches?.delete(SHARED)
}

function fill() {
  const { url, words, file } = document.querySelector("form[enctype]")?.elements || {}
  if (url?.type !== "text") return
  const said = new URLSearchParams(sessionStorage.getItem(WAITS) || "")
  const text = said.get("words") ?? said.get("text") ?? ""
  const title = said.get("title") || ""
  const address = said.get("url") || text.split(/\s+/).find((each) => /^https?:\/\//.test(each)) || ""
  const rest = said.get("url") ? text : text.replace(address, "")
  url.value ||= address
  if (words) words.value ||= [rest.includes(title) ? "" : title, rest.trim()].filter(Boolean).join("\n\n")
  if (file) attach(file)
  else window.caches?.delete(SHARED)
}

async function attach(input) {
  if (!(await window.caches?.has(SHARED))) return
  const shared = await caches.open(SHARED)
  const chosen = new DataTransfer()
  for (const key of await shared.keys()) {
    const waits = await shared.match(key)
    if (Date.now() - waits.headers.get("x-at") > AN_HOUR) return caches.delete(SHARED)
    const type = waits.headers.get("content-type")
    chosen.items.add(new File([await waits.blob()], decodeURIComponent(waits.headers.get("x-name")), { type }))
  }
  if (!input.files.length) input.files = chosen.files
}
