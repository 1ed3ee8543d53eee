// Package browser has only tests: a real browser goes from the harness' sales
// platform into the simulated Huawei Cloud. It is a module of its own, so that
// nobody who uses this project downloads what drives the browser.
package browser
