// A shop that knows its customers by Usher's tokens: node express.mjs
import express from 'express'
import { usher } from 'usher-verify/express'

const { requireToken, verifier } = usher({
  url: process.env.USHER_URL ?? 'http://127.0.0.1:8080',
  maxStale: Number(process.env.MAX_STALE ?? 60),
})
const app = express()

app.get('/orders', requireToken(), (req, res) => {
  res.json({ user: Number(req.auth.sub), orders: [] })
})

// Somebody who is not known gets the public prices.
app.get('/prices', requireToken({ optional: true }), (req, res) => {
  res.json({ for: req.auth ? Number(req.auth.sub) : 'everybody' })
})

// Only straight after a login, or after POST /api/auth/fresh.
app.post('/card', requireToken({ fresh: true }), (req, res) => {
  res.json({ changed: true })
})

// The password was shown at most five minutes ago, whatever was refreshed since.
app.post('/transfer', requireToken({ maxAge: 300 }), (req, res) => {
  res.json({ transferred: true })
})

app.get('/stock', requireToken({ role: 'ADMIN' }), (req, res) => {
  res.json({ stock: [], feed: verifier.status() })
})

const server = app.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
  console.log(`listens on http://127.0.0.1:${server.address().port}`)
})

process.once('SIGTERM', () => {
  verifier.close()
  server.close()
  server.closeAllConnections()
})
