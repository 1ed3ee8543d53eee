package main

import (
	"slices"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// names has the characters of people's and places' names that GB 2312 lacks and that
// are met on the mainland.
const names = "镕喆堃玥珺祎淏晞昇旸暐炜煊瑀璟甯骉翀赟芃茜萱蔺婳妤姮媖嬅屹岽崟峣嵘嵋嶓巘彧恺悫慜懋昉昕昳晟晢晸暄" +
	"曈朏杺枘柟栩桄桉梽棪椤楒榞榕樾槿歆毓沄沅泓洺洸浬浠涵淇淙淼湉湜溁滢漪潇澍澔澧濛瀚灏炅炫焜煜熠燊爔玚玙玢玹珈珩珲琬琰琮琲瑄瑗瑭璇璎璐璨畯皓" +
	"砚禛禟禹秾竑筠箐粲綦綮缦翃翊翎翙羿翾翯肜膑芊芸苒苡茉莅莘菡菀萌蓁蕙薇藜蘅虓蛟衎袆裎褀诩谞谡豫赟跹轶迦逸邕郗郦鄢酩钊钰铄铎铖铭锜锟锴镠镡镭闳阗陟隽雯霁霏霖靓韫韬颀颉颢飏飔馥骁骐骞骥鲲鸢鹂麒麟龑龢" +
	"漷邨冚嗮埗塱氹涌涠深圳鈎淸吋呎哋啲嘢嚟囍峯粦翕栢"

// ranges are what is taken whole: ASCII, Latin-1, punctuation,
// symbols, Chinese punctuation, and full-width forms.
var ranges = [][2]rune{
	{0x20, 0x7E}, {0xA0, 0xFF}, {0x2010, 0x2016}, {0x2018, 0x2022}, {0x2025, 0x2027}, {0x2030, 0x2033}, {0x2035, 0x2035}, {0x2039, 0x203B}, {0x20AC, 0x20AC},
	{0x2190, 0x2193}, {0x2212, 0x2212}, {0x2248, 0x2248}, {0x2260, 0x2262}, {0x2264, 0x2265}, {0x25A0, 0x25A1},
	{0x3000, 0x303F}, {0xFF01, 0xFF5E}, {0xFFE0, 0xFFE6},
}

// characters are the runes that the subset is to have, sorted: the ranges, GB 2312
// with both its levels of Chinese characters, the frequently used ones of Big5, which
// Hong Kong and Taiwan write, and the names.
func characters() []rune {
	set := []rune(names)
	for _, r := range ranges {
		for c := r[0]; c <= r[1]; c++ {
			set = append(set, c)
		}
	}
	set = append(set, rows(simplifiedchinese.GBK, 0xA1, 0xF7, 0xA1)...)
	set = append(set, rows(traditionalchinese.Big5, 0xA4, 0xC6, 0x40)...)
	slices.Sort(set)
	return slices.Compact(set)
}

// rows are the characters of an encoding whose first byte is in a range and whose
// second is at least so much.
func rows(e encoding.Encoding, first, last, second byte) []rune {
	var set []rune
	for a := first; a <= last; a++ {
		for b := second; b < 0xFF; b++ {
			text, err := e.NewDecoder().Bytes([]byte{a, b})
			decoded := []rune(string(text))
			if err == nil && len(decoded) == 1 && decoded[0] > 0x7F && decoded[0] != 0xFFFD {
				set = append(set, decoded[0])
			}
		}
	}
	return set
}
