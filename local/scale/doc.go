// Package scale has only benchmarks: what an export of a million records takes, in time
// and in memory. The simulated Huawei Cloud, with its quotas off, and the function that
// exports are processes of their own, so that the memory is the function's alone.
//
//	go test ./local/scale -run - -bench . -benchtime 1x -timeout 60m
//
// A benchmark fails where the function had more than 128 MiB resident, or a tenth more
// with twice the records.
package scale
