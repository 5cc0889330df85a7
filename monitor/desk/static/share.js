// A service worker for /tell/share alone: what a telephone shares with the installed page stays on that telephone.
// Its files wait unopened until somebody has said what they show (tell.js); its words go along behind “#”, which no
// server is sent. Without it the server answers, and has the files chosen again.

addEventListener("install", () => skipWaiting())
addEventListener("fetch", (event) => {
  if (event.request.method === "POST") event.respondWith(park(event.request))
})

async function park(request) {
  const form = await request.formData()
  await caches.delete("shared")
  const files = form.getAll("file").filter((each) => each.size)
  const shared = files.length ? await caches.open("shared") : null
  for (const [n, file] of files.entries()) {
    const headers = { "content-type": file.type, "x-name": encodeURIComponent(file.name), "x-at": Date.now() }
    await shared.put(`/tell/share/${n}`, new Response(file, { headers }))
  }
  const said = ["title", "text", "url"].filter((name) => form.get(name)).map((name) => [name, form.get(name)])
  return Response.redirect(`/tell#${new URLSearchParams(said)}`, 303)
}
