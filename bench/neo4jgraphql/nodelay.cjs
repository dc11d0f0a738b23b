// Sends what the driver writes at once. neo4j-driver leaves Nagle's algorithm on and writes a message of over 1,400 bytes in parts, so each
// long statement would wait some 40 ms for the server's delayed acknowledgement.
const { Socket } = require('node:net')
const { connect } = Socket.prototype
Socket.prototype.connect = function (...args) {
  this.setNoDelay(true)
  return connect.apply(this, args)
}
