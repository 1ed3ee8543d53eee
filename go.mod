module github.com/bssfn/bssfn

go 1.26.0
