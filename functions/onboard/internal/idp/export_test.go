package idp

// Inflate is tested alone for how much of its source it reads.
var Inflate = inflate
